// Who reads QR codes out of the camera's picture: the browser itself where it can (BarcodeDetector); a reader of ours where it
// cannot, which is so on iPhones and on the many Android phones that are sold without Google's services.

const native = async () => "BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code");

/** Whether there is anything to scan with. */
export async function canScan() {
  if (!navigator.mediaDevices) return false;
  return await native() || (await navigator.mediaDevices.enumerateDevices()).some(({ kind }) => kind === "videoinput");
}

/** An object with `detect(video)`: [{rawValue}]. Raises an error where ours is not on the phone yet and there is no network. */
export async function detector() {
  const { BarcodeDetector: Detector } = await native() ? window : await import("./vendor/qr.js");
  return new Detector({ formats: ["qr_code"] });
}
