// A badge was scanned with the phone's own camera: the app asks for the PIN where it can run, this page where it cannot.
if (window.isSecureContext && crypto.subtle && window.indexedDB && navigator.serviceWorker) {
  location.replace(`/v/#badge=${document.querySelector("input[name=badge]").value}`);
}
