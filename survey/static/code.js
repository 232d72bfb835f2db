// Checks codes as they are typed, as campaigns/codes/symbols.py does on the server: a slip of the finger is told here
// and never sent. Without this script the server says the same.
"use strict";
(() => {
  const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const LENGTH = 12;
  const IGNORED = /[ \-\u2010-\u2014\u2212\u00ad\u3000\u00a0\u200b\ufeff\t\r\n]/g;
  const POLYNOMIAL = 0b100101;

  const value = (symbol) => ALPHABET.indexOf({ O: "0", I: "1", L: "1" }[symbol] || symbol);

  function timesG(number) {
    number <<= 1;
    return number & 32 ? number ^ POLYNOMIAL : number;
  }

  // Full-width letters and digits count as the plain ones.
  const plain = (text) => text.replace(/[\uff01-\uff5e]/g, (each) => String.fromCharCode(each.charCodeAt(0) - 0xfee0));

  /** {code} of 12 symbols, or {problem, symbol, count} for a code that cannot be right. */
  function read(typed) {
    const symbols = [...plain(typed).replace(IGNORED, "").toUpperCase()];
    const values = symbols.map(value);
    const wrong = values.indexOf(-1);
    if (wrong >= 0) return { problem: "symbol", symbol: symbols[wrong], count: wrong + 1 };
    if (values.length !== LENGTH) return { problem: "length", symbol: "", count: values.length };
    const check = values.slice(0, -1).reduce((total, each) => timesG(total ^ each), 0);
    if (check !== values[LENGTH - 1]) return { problem: "check", symbol: "", count: 0 };
    return { code: values.map((each) => ALPHABET[each]).join("") };
  }

  function say(input, sentence) {
    const place = document.getElementById(`${input.id}-error`);
    place.hidden = !sentence;
    place.querySelector(".error-text").textContent = sentence;
    input.closest(".question").classList.toggle("has-error", Boolean(sentence));
    input.toggleAttribute("aria-invalid", Boolean(sentence));
    if (sentence) input.setAttribute("aria-invalid", "true");
  }

  /** Says what is wrong with the code in `input`; true when nothing is. */
  function check(input) {
    const found = read(input.value);
    const key = { symbol: "saysSymbol", length: "saysLength", check: "saysCheck" }[found.problem];
    say(input, key ? input.dataset[key].replace("%s", found.symbol).replace("%n", found.count) : "");
    return Boolean(found.code);
  }

  for (const input of document.querySelectorAll("input[data-code]")) {
    // Told while typing, once all symbols are there. Not when the field is left: the sentence would push the button away
    // from under the finger that is just tapping it.
    input.addEventListener("input", () => {
      if (plain(input.value).replace(IGNORED, "").length >= LENGTH) check(input);
      else say(input, "");
    });
    input.addEventListener("change", () => {
      const { code } = read(input.value);
      if (code) input.value = code.match(/.{4}/g).join("-");
    });
    input.form.addEventListener("submit", (event) => {
      const button = event.submitter;
      if ((button && button.name) || check(input)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      input.focus();
    });
  }

  window.surveyCode = { read };
})();
