// Who reads codes out of the camera's picture: the browser itself where it can (BarcodeDetector); a reader of ours where it
// cannot, which is so on iPhones and on the many Android phones that are sold without Google's services.

const native = async () => "BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code");

/** Whether there is anything to scan with. */
export async function canScan() {
  if (!navigator.mediaDevices) return false;
  return await native() || (await navigator.mediaDevices.enumerateDevices()).some(({ kind }) => kind === "videoinput");
}

/** An object with `detect(video)`: [{rawValue}]. Raises an error where ours is not on the phone yet and there is no network.
    `bars`: the browser shall read bar codes of all kinds too; ours reads QR codes only. */
export async function detector(bars = false) {
  const own = await native();
  const { BarcodeDetector: Detector } = own ? window : await import("./vendor/qr.js");
  return own && bars ? new Detector() : new Detector({ formats: ["qr_code"] });
}
