// Scans QR codes with the phone's camera where there is one (detector.js); otherwise codes are typed.
// Each .scan box holds a button, a video and a sentence. data-door: go to that address and the code. data-fill: write what
// was scanned into that field, then go on to the field data-next, or send the form with data-submit.
"use strict";
(() => {
  // A scanner at the desk types and presses Enter: in any field but the last that means the next one.
  for (const box of document.querySelectorAll(".scan[data-next]")) {
    document.getElementById(box.dataset.fill).addEventListener("keydown", (event) => {
      const next = document.getElementById(box.dataset.next);
      if (event.key !== "Enter" || next.value) return;
      event.preventDefault();
      next.focus();
    });
  }

  if (!navigator.mediaDevices) return;
  const reading = import("/static/detector.js");

  function began(box) {
    const [start, video, says] = ["button", "video", "[role=status]"].map((part) => box.querySelector(part));
    let stream = null;

    function stop() {
      if (stream) stream.getTracks().forEach((track) => track.stop());
      stream = null;
      video.hidden = true;
      start.hidden = false;
    }

    function use(code) {
      if (box.dataset.door) {
        location.href = box.dataset.door + code;
        return;
      }
      const input = document.getElementById(box.dataset.fill);
      input.value = code.match(/.{4}/g).join("-");
      if ("submit" in box.dataset) {
        const button = input.form.querySelector("button[type=submit]");
        if (input.form.requestSubmit) input.form.requestSubmit(button);
        else button.click();
        return;
      }
      (document.getElementById(box.dataset.next) || input.form.querySelector("button[type=submit]")).focus();
    }

    async function look(detector) {
      while (stream) {
        for (const found of await detector.detect(video).catch(() => [])) {
          const code = window.surveyCode.read(found.rawValue.split("/").pop()).code;
          if (code) {
            stop();
            use(code);
            return;
          }
          says.textContent = box.dataset.saysOther;
        }
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
    }

    start.addEventListener("click", async () => {
      let reader;
      try {
        reader = await (await reading).detector();
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
      look(reader);
    });
    window.addEventListener("pagehide", stop);
  }

  reading.then(({ canScan }) => canScan()).then((can) => {
    if (!can) return;
    for (const box of document.querySelectorAll(".scan")) {
      began(box);
      box.hidden = false;
      if (!box.dataset.door && !("submit" in box.dataset)) continue;
      const form = box.closest("form") || box.nextElementSibling;
      form.querySelector("button[type=submit]").classList.add("secondary"); // one first choice a screen
    }
  }).catch(() => {}); // then codes are typed
})();
