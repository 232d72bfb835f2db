// Makes a questionnaire quicker to fill; everything here also works, more slowly, without it.
// Shown and hidden questions, adding and removing people, resident ID numbers, character counts.
"use strict";
(function () {
  const root = document.querySelector(".questionnaire");
  if (!root) return;
  document.documentElement.classList.add("js");
  const words = JSON.parse(root.dataset.words);
  const say = (name, values) => words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);

  function fieldsNamed(name) {
    return root.querySelectorAll('[name="' + CSS.escape(name) + '"]');
  }

  function answersOf(name) {
    const codes = [];
    for (const field of fieldsNamed(name)) {
      if (field.type === "radio" || field.type === "checkbox") {
        if (field.checked) codes.push(field.value);
      } else if (field.value) codes.push(field.value);
    }
    return codes;
  }

  // --- questions that depend on others ---

  function holds(test) {
    const [name, codes, wanted] = test;
    return answersOf(name).some((code) => codes.includes(code)) === wanted;
  }

  function answered(test) {
    return answersOf(test[0]).length > 0;
  }

  // A whole section stays in sight until an answer rules it out, so that the length of the form is plain from the start;
  // a single question appears when it is asked. The server decides in the end.
  function refresh() {
    for (const part of root.querySelectorAll("[data-when]")) {
      const tests = JSON.parse(part.dataset.when);
      const section = part.tagName === "SECTION";
      part.hidden = !tests.every((test) => holds(test) || (section && !answered(test)));
    }
  }

  // --- people: add and remove in place ---

  const pattern = document.getElementById("person-pattern");
  const section = root.querySelector("[data-repeat]");
  const blocks = () => Array.from(root.querySelectorAll(".persons > .person"));

  function announce(sentence) {
    root.querySelector(".said").textContent = sentence;
  }

  function renumber(block, index) {
    const repeat = section.dataset.repeat;
    const old = "q-" + repeat + "-" + block.dataset.index + "-";
    const now = "q-" + repeat + "-" + index + "-";
    for (const element of block.querySelectorAll("*")) {
      for (const name of ["id", "name", "for", "aria-describedby", "data-when", "data-check-when"]) {
        const value = element.getAttribute(name);
        if (value && value.includes(old)) element.setAttribute(name, value.split(old).join(now));
      }
    }
    block.dataset.index = index;
    block.id = "person-" + (index + 1);
    block.querySelector(".person-title").textContent = say("person", { number: index + 1 });
    const remove = block.querySelector('[name="_remove"]');
    remove.value = index;
    const copying = block.querySelector('[name="_copy"]');
    if (copying) {
      copying.value = index;
      copying.hidden = !index; // the first one has nobody to be like
    }
    remove.textContent = say("removePerson", { number: index + 1 });
  }

  function renumberAll() {
    // Moving numbers down one after the other never makes two blocks share a radio group: each place is free by then.
    blocks().forEach((block, index) => {
      if (String(block.dataset.index) !== String(index)) renumber(block, index);
    });
  }

  function add() {
    const copy = pattern.content.firstElementChild.cloneNode(true);
    section.querySelector(".persons").append(copy);
    renumber(copy, blocks().length - 1);
    refresh();
    const first = copy.querySelector("input, select, textarea");
    first.focus({ preventScroll: true });
    copy.scrollIntoView({ block: "start" });
    announce(say("added", { number: blocks().length }));
  }

  function hasAnswers(block) {
    return Array.from(block.querySelectorAll("input, select, textarea")).some((field) =>
      field.type === "radio" || field.type === "checkbox" ? field.checked : field.value);
  }

  // What members of one household mostly answer alike: taken over from the first person where nothing is answered yet.
  function copy(block) {
    const labels = [];
    for (const question of block.querySelectorAll("[data-shared]")) {
      const from = blocks()[0].querySelector('[data-shared="' + question.dataset.shared + '"]');
      const fields = Array.from(question.querySelectorAll("[name]"));
      const done = fields.some((field) => (field.type === "radio" || field.type === "checkbox" ? field.checked : field.value));
      if (!from || done) continue;
      from.querySelectorAll("[name]").forEach((field, at) => {
        if (field.type === "radio" || field.type === "checkbox") fields[at].checked = field.checked;
        else fields[at].value = field.value;
      });
      if (fields.some((field) => field.checked || (field.type !== "radio" && field.value))) {
        labels.push(question.querySelector("label, legend").firstChild.textContent.trim());
      }
    }
    refresh();
    announce(say("copied", { labels: labels.join(" · ") || "–" }));
    section.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function remove(block) {
    const number = Number(block.dataset.index) + 1;
    if (hasAnswers(block) && !window.confirm(say("remove", { number: number }))) return;
    block.remove();
    renumberAll();
    refresh();
    section.focus({ preventScroll: true });
    announce(say("removed", { number: number }));
    // A draft kept by the page hears of it as of any other change.
    section.dispatchEvent(new Event("input", { bubbles: true }));
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || !pattern) return;
    if (button.name === "_add") {
      event.preventDefault();
      add();
    } else if (button.name === "_copy") {
      event.preventDefault();
      copy(button.closest(".person"));
    } else if (button.name === "_remove") {
      event.preventDefault();
      remove(button.closest(".person"));
    }
  });

  // --- resident ID numbers (GB 11643): what is wrong at once, birth date and sex filled in ---

  // The same code as in forms that are filled in the browser; until it is here, the server alone judges.
  let numbers = null;
  import("./form/resident_id.js").then((module) => { numbers = module; }).catch(() => {});

  function showError(field, sentence) {
    const place = document.getElementById(field.id + "-error");
    place.querySelector(".error-text").textContent = sentence;
    place.hidden = !sentence;
    field.closest(".question").classList.toggle("has-error", Boolean(sentence));
    const described = (field.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== place.id);
    if (sentence) {
      field.setAttribute("aria-invalid", "true");
      described.push(place.id);
    } else field.removeAttribute("aria-invalid");
    field.setAttribute("aria-describedby", described.join(" "));
  }

  // Leaving a field may take words away above a button or bring them up: not before the tap that left it has arrived.
  let pressed = false;
  for (const kind of ["pointerdown", "pointerup", "pointercancel"]) {
    addEventListener(kind, () => { pressed = kind === "pointerdown"; }, true);
  }
  function afterTap(work) {
    setTimeout(() => (pressed ? afterTap(work) : work()), 50);
  }

  // What the server said about an answer holds no more once the answer is another; whether the new one is right it says at the end.
  function takeBack(field) {
    const question = field.closest(".question.has-error");
    const place = question && question.querySelector(".error");
    if (!place || field.dataset.check || root.classList.contains("paged")) return;
    place.hidden = true;
    question.classList.remove("has-error");
    for (const each of question.querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
    for (const line of document.querySelectorAll("#error-summary a")) {
      const about = document.getElementById(line.hash.slice(1));
      if (about && question.contains(about)) line.closest("li").remove();
    }
    const summary = document.getElementById("error-summary");
    if (summary && !summary.querySelector("li")) summary.hidden = true;
  }

  function fillFrom(field, number) {
    const prefix = field.name.slice(0, field.name.lastIndexOf("-") + 1);
    const parts = numbers.idParts(number);
    let filled = false;
    const birth = fieldsNamed(prefix + "birth_date")[0];
    if (birth && (!birth.value || birth.dataset.filled)) {
      birth.value = parts.birth;
      birth.dataset.filled = "yes";
      filled = true;
    }
    const sexes = Array.from(fieldsNamed(prefix + "sex"));
    if (sexes.length && (!sexes.some((sex) => sex.checked) || sexes[0].dataset.filled)) {
      for (const sex of sexes) sex.checked = sex.value === parts.sex;
      sexes[0].dataset.filled = "yes";
      filled = true;
    }
    if (filled) announce(words.filled);
    refresh();
  }

  function checkId(field) {
    if (field.dataset.checkWhen && !JSON.parse(field.dataset.checkWhen).every(holds)) {
      showError(field, "");
      return;
    }
    if (!numbers) return;
    const number = numbers.plain(field.value);
    const wrong = number ? numbers.idProblem(number) : "";
    const problem = wrong && say(wrong, { count: number.length });
    showError(field, problem);
    if (number && !problem) fillFrom(field, number);
  }

  const plainWords = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");

  // --- numbers: no number, or out of bounds; the server judges everything else ---

  const SHAPES = { integer: /^[+-]?\d{1,15}$/, decimal: /^[+-]?\d{1,12}(\.\d{0,6})?$/ };

  function checkNumber(field) {
    const text = plainWords(field.value);
    const { check, least, most, wrong } = field.dataset;
    const out = (least && Number(text) < Number(least)) || (most && Number(text) > Number(most));
    showError(field, !text ? "" : !SHAPES[check].test(text) ? words[check] : out ? wrong : "");
  }

  // --- long lists: a few letters find the choice ---

  function filter(field) {
    const question = field.closest(".question");
    const wanted = plainWords(field.value);
    const fits = (text) => plainWords(text).includes(wanted);
    const list = question.querySelector("select");
    let count = 0;
    if (list) {
      list.all = list.all || Array.from(list.options);
      const shown = list.all.filter((option) => !option.value || option.selected || fits(option.text));
      const chosen = list.value;
      list.replaceChildren(...shown);
      list.value = chosen;
      const found = shown.filter((option) => option.value && fits(option.text));
      count = found.length;
      if (wanted && count === 1 && list.value !== found[0].value) {
        list.value = found[0].value;
        list.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
    for (const tile of question.querySelectorAll(".tile")) {
      tile.hidden = !fits(tile.textContent) && !tile.querySelector("input").checked;
      count += !tile.hidden;
    }
    question.querySelector(".filter [role=status]").textContent = say("filtered", { count: count });
  }

  // --- counting characters, as the server counts them (code points) ---

  function count(area) {
    const place = document.getElementById(area.id + "-count");
    const left = Number(area.dataset.limit) - Array.from(area.value).length;
    place.textContent = left < 0 ? say("over", { count: -left }) : left < 200 ? say("left", { count: left }) : "";
    place.classList.toggle("over", left < 0);
  }

  root.addEventListener("input", (event) => {
    const field = event.target;
    if ("filter" in field.dataset) filter(field);
    if (field.dataset.limit) count(field);
    if (field.dataset.filled) delete field.dataset.filled;
    if (field.dataset.check === "resident-id" && numbers && numbers.plain(field.value).length === 18) checkId(field);
  });

  root.addEventListener("change", (event) => {
    const field = event.target;
    const typed = field.matches("textarea, input:not([type=radio]):not([type=checkbox])"); // left by a tap somewhere else
    if (typed) afterTap(() => follows(field));
    else follows(field);
    if (field.name) afterTap(() => takeBack(field));
  });

  function follows(field) {
    refresh();
    if (field.type === "radio") {
      for (const other of fieldsNamed(field.name)) delete other.dataset.filled;
      const block = field.closest(".person");
      const id = block && block.querySelector('[data-check="resident-id"]');
      // Another kind of document: what was said about the number may no longer hold.
      if (id && id.dataset.checkWhen && id.dataset.checkWhen.includes(JSON.stringify(field.name))) checkId(id);
    }
    if (field.dataset.check === "resident-id") checkId(field);
    if (field.dataset.check in SHAPES) checkNumber(field);
  }

  // --- page by page: what follows from an answer on the same page comes from the server at once, not only with "next" ---

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
    if (fresh) announce(words.more);
    root.dispatchEvent(new Event("questionnaire:fresh"));
  }

  root.addEventListener("questionnaire:look", (event) => {
    event.detail.done = follow(event.detail.percent);
  });

  root.addEventListener("change", (event) => {
    const question = event.target.closest(".question");
    if (event.target.type === "file") return;
    if (form && root.classList.contains("paged") && question && question.hasAttribute("data-live")) follow();
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
      says.textContent = say("found", { meters: Math.round(at.accuracy) });
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
    refresh();
    root.querySelectorAll("[data-limit]").forEach(count);
    lookForCamera();
    for (const box of root.querySelectorAll(".device")) {
      if (box.dataset.draw) continue;
      box.hidden = box.dataset.position ? !("geolocation" in navigator && window.isSecureContext)
        : !reads;
    }
  }

  begin();
  const summary = document.getElementById("error-summary");
  const told = root.querySelector(".notice[tabindex]");
  const first = root.querySelector("[autofocus]");
  if (summary) summary.focus();
  else if (told) (first || told).focus();
  // A draft put back by the page changes answers without events of the user's own.
  document.addEventListener("questionnaire:changed", () => {
    renumberAll();
    refresh();
    root.querySelectorAll("[data-limit]").forEach(count);
  });
})();
