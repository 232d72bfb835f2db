// Scans a door's QR code with the phone's camera where the browser can (BarcodeDetector); otherwise the code is typed.
"use strict";
(() => {
  const box = document.getElementById("scan");
  if (!box || !("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const [start, video, says] = ["scan-start", "scan-video", "scan-says"].map((id) => document.getElementById(id));
  let stream = null;

  function stop() {
    if (stream) stream.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = true;
    start.hidden = false;
  }

  async function look(detector) {
    while (stream) {
      for (const found of await detector.detect(video).catch(() => [])) {
        const code = window.surveyCode.read(found.rawValue.split("/").pop()).code;
        if (code) {
          stop();
          location.href = box.dataset.door + code;
          return;
        }
        says.textContent = box.dataset.saysOther;
      }
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }

  start.addEventListener("click", async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      says.textContent = box.dataset.saysDenied;
      return;
    }
    says.textContent = "";
    video.srcObject = stream;
    video.hidden = false;
    start.hidden = true;
    video.play().catch(() => {}); // until frames come, detect() just finds nothing
    look(new BarcodeDetector({ formats: ["qr_code"] }));
  });
  window.addEventListener("pagehide", stop);
  BarcodeDetector.getSupportedFormats().then((formats) => {
    if (!formats.includes("qr_code")) return;
    box.hidden = false;
    box.nextElementSibling.querySelector("button.button").classList.add("secondary"); // one first choice a screen
  });
})();
