// A questionnaire page by page: what follows from an answer comes from the server at once; what the device can add to it.
// Everything here also works, more slowly, without it.
"use strict";
(function () {
  const root = document.querySelector(".questionnaire.paged");
  if (!root) return;
  const words = JSON.parse(root.dataset.words);

  // --- what follows on the same page, not only with "next" ---

  const form = root.closest("form");
  const written = () => JSON.stringify(Array.from(new FormData(form), ([name, value]) =>
    [name, value instanceof File ? value.name + value.size : value]));
  let asking = false;

  // The page as it now is, sent without leaving it; `percent` hears how much of a photo has gone.
  function look(percent) {
    const body = new FormData(form);
    body.set("_do", "look");
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.onload = () => (request.status === 200 || request.status === 422 ? resolve(request.responseText) : reject(request.status));
      request.onerror = request.ontimeout = reject;
      if (percent) request.upload.onprogress = (event) => percent(Math.floor(event.loaded / event.total * 100));
      request.send(form.enctype === "multipart/form-data" ? body : new URLSearchParams(body));
    });
  }

  async function follow(percent) {
    if (asking) return true;
    asking = true;
    const sent = written();
    try {
      const answer = await look(percent);
      const page = new DOMParser().parseFromString(answer, "text/html").querySelector(".questionnaire.paged");
      asking = false;
      if (!page) return false;
      if (sent !== written()) return follow(percent); // somebody typed on meanwhile
      exchange(page);
      return true;
    } catch {
      asking = false; // no network: "next" will ask the same
      return false;
    }
  }

  function exchange(page) {
    const active = document.activeElement;
    const chosen = active && root.contains(active) ? active.id : "";
    const before = new Set(Array.from(root.querySelectorAll(".question [name]"), (field) => field.name));
    for (const area of page.querySelectorAll("[autofocus]")) area.removeAttribute("autofocus");
    root.replaceChildren(...page.childNodes);
    begin();
    const again = chosen && document.getElementById(chosen);
    if (again) again.focus({ preventScroll: true });
    const fresh = Array.from(root.querySelectorAll(".question [name]")).find((field) => !before.has(field.name));
    if (fresh) root.querySelector(".said").textContent = words.more;
    root.dispatchEvent(new Event("questionnaire:fresh"));
  }

  root.addEventListener("questionnaire:look", (event) => {
    event.detail.done = follow(event.detail.percent);
  });

  root.addEventListener("change", (event) => {
    const question = event.target.closest(".question");
    if (event.target.type === "file") return;
    if (question && question.hasAttribute("data-live")) follow();
  });

  // --- what the device can add: the position, a code before the camera ---

  let stream = null;

  function stop() {
    if (stream) stream.getTracks().forEach((track) => track.stop());
    stream = null;
    for (const video of root.querySelectorAll(".device video")) video.hidden = true;
  }

  function fill(id, text, more) {
    const field = document.getElementById(id);
    field.value = more && field.value.trim() ? field.value.trimEnd() + "\n" + text : text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function takePosition(box) {
    const says = box.querySelector("[role=status]");
    says.textContent = words.looking;
    navigator.geolocation.getCurrentPosition((found) => {
      const at = found.coords;
      const parts = [at.latitude.toFixed(7), at.longitude.toFixed(7), (at.altitude || 0).toFixed(1), at.accuracy.toFixed(1)];
      fill(box.dataset.position, parts.join(" "), "more" in box.dataset);
      says.textContent = words.found.replace("{meters}", Math.round(at.accuracy));
    }, () => { says.textContent = words.noPosition; }, { enableHighAccuracy: true, timeout: 30000, maximumAge: 5000 });
  }

  async function scan(box) {
    const [video, says] = [box.querySelector("video"), box.querySelector("[role=status]")];
    stop();
    let reader;
    try {
      reader = await (await reading).detector(true);
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      says.textContent = words.noCamera;
      return;
    }
    video.srcObject = stream;
    video.hidden = false;
    video.play().catch(() => {}); // until frames come, detect() just finds nothing
    while (stream && video.isConnected) {
      const [found] = await reader.detect(video).catch(() => []);
      if (found) {
        fill(box.dataset.scan, found.rawValue);
        stop();
      }
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }

  root.addEventListener("click", (event) => {
    const box = event.target.closest("button[type=button]") && event.target.closest(".device");
    if (!box) return;
    if (box.dataset.position) takePosition(box);
    else if (box.dataset.scan) scan(box);
  });
  window.addEventListener("pagehide", stop);

  // Fetched only where a question asks for a code and there is a camera.
  let reads = false;
  let reading = null;
  function lookForCamera() {
    if (reading || !navigator.mediaDevices || !root.querySelector(".device[data-scan]")) return;
    reading = import("/static/detector.js");
    reading.then(({ canScan }) => canScan()).then((can) => {
      reads = can;
      for (const box of root.querySelectorAll(".device[data-scan]")) box.hidden = !can;
    }).catch(() => {}); // then codes are typed
  }

  function begin() {
    lookForCamera();
    for (const box of root.querySelectorAll(".device")) {
      if (box.dataset.draw) continue;
      box.hidden = box.dataset.position ? !("geolocation" in navigator && window.isSecureContext) : !reads;
    }
  }

  begin();
})();
