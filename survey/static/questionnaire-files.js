// Photos and other files on a page: made small, sent at once, and drawn with a finger where a form asks for that.
// Without it a file goes along with the next step.
"use strict";
(function () {
  const root = document.querySelector(".questionnaire");
  if (!root) return;
  const words = JSON.parse(root.dataset.words);
  const LONGEST_SIDE = 1600;
  const SMALL_ENOUGH = 400000;
  const MOST = 100000000;

  function put(field, blob, name) {
    const box = new DataTransfer();
    box.items.add(new File([blob], name, { type: blob.type }));
    field.files = box.files;
  }

  const toBlob = (canvas, kind, quality) => new Promise((resolve) => canvas.toBlob(resolve, kind, quality));

  async function shrink(field) {
    const file = field.files[0];
    const longest = Number(field.dataset.pixels) || LONGEST_SIDE;
    if (field.dataset.upload !== "image" || !/^image\/(jpeg|png|webp|hei[cf])$/.test(file.type)) return;
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
    if (!picture) return; // the server will say whether it is a picture
    const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
    if (scale === 1 && file.size <= SMALL_ENOUGH) return;
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const small = await toBlob(canvas, "image/jpeg", 0.82);
    if (small && (small.size < file.size || scale < 1)) put(field, small, file.name.replace(/\.\w+$/, "") + ".jpg");
  }

  async function send(field) {
    const says = root.querySelector('[data-progress="' + CSS.escape(field.id) + '"]');
    await shrink(field);
    if (field.files[0].size > MOST) {
      says.textContent = words.tooLarge.replace("{size}", Math.round(field.files[0].size / 1e6));
      field.value = "";
      return;
    }
    const percent = (count) => { says.textContent = words.uploading.replace("{percent}", count); };
    percent(0);
    const detail = { percent: percent };
    root.dispatchEvent(new CustomEvent("questionnaire:look", { detail: detail }));
    if (!(await detail.done)) says.textContent = words.notUploaded;
  }

  root.addEventListener("change", (event) => {
    if (event.target.dataset.upload && event.target.files.length) send(event.target);
  });

  // --- signatures and drawings ---

  let stroke = null;

  function place(canvas, event) {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
  }

  function clear(box) {
    const canvas = box.querySelector("canvas");
    const pen = canvas.getContext("2d");
    delete canvas.dataset.drawn;
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    if (!box.dataset.under) return;
    const picture = new Image();
    picture.onload = () => {
      canvas.height = Math.round(canvas.width * picture.naturalHeight / picture.naturalWidth);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    };
    picture.src = box.dataset.under;
  }

  root.addEventListener("pointerdown", (event) => {
    const canvas = event.target.closest(".sketch canvas");
    if (!canvas) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    stroke = { canvas: canvas, pen: canvas.getContext("2d") };
    Object.assign(stroke.pen, { lineWidth: 5, lineCap: "round", lineJoin: "round", strokeStyle: canvas.closest("[data-under]") ? "#d11" : "#000" });
    stroke.pen.beginPath();
    stroke.pen.moveTo(...place(canvas, event));
    draw(event);
  });

  function draw(event) {
    if (!stroke) return;
    stroke.pen.lineTo(...place(stroke.canvas, event));
    stroke.pen.stroke();
    stroke.canvas.dataset.drawn = "yes";
  }

  root.addEventListener("pointermove", draw);
  for (const end of ["pointerup", "pointercancel"]) root.addEventListener(end, () => { stroke = null; });

  async function use(box) {
    const field = document.getElementById(box.dataset.draw);
    const name = box.dataset.under ? ["image/jpeg", "picture.jpg"] : ["image/png", box.dataset.look + ".png"];
    put(field, await toBlob(box.querySelector("canvas"), name[0], 0.85), name[1]);
    send(field);
  }

  function typed(box) {
    const canvas = box.querySelector("canvas");
    const text = box.querySelector("input").value.trim();
    if (!text) return;
    clear(box);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#000";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.font = "96px serif";
    pen.font = Math.min(96, 96 * (canvas.width - 40) / pen.measureText(text).width) + "px serif";
    pen.fillText(text, canvas.width / 2, canvas.height / 2);
    canvas.dataset.drawn = "yes";
    use(box);
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pen]");
    if (!button) return;
    const box = button.closest(".sketch");
    if (button.dataset.pen === "clear") clear(box);
    else if (button.dataset.pen === "typed") typed(box);
    else if (box.querySelector("canvas").dataset.drawn) use(box);
  });

  function begin() {
    for (const box of root.querySelectorAll(".sketch")) {
      box.hidden = false;
      clear(box);
    }
  }

  root.addEventListener("questionnaire:fresh", begin);
  begin();
})();
