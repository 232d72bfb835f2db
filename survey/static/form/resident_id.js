// Resident ID numbers (GB 11643): what is wrong with one, and the birth date and sex in it.
"use strict";

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

export function plain(text) {
  return text.normalize("NFKC").replace(/\s+/g, "").toUpperCase();
}

/** {birth: ISO date or "", sex: "1" or "2"} of a number of the right shape. */
export function idParts(number) {
  const iso = number.slice(6, 10) + "-" + number.slice(10, 12) + "-" + number.slice(12, 14);
  const day = new Date(iso + "T00:00:00Z");
  const real = !isNaN(day) && day.toISOString().slice(0, 10) === iso;
  return { birth: real ? iso : "", sex: Number(number[16]) % 2 ? "1" : "2" };
}

/** The name of what is wrong: idLength, idCharacters, idBirth, idCheck; "" for a good number. */
export function idProblem(number) {
  if (number.length !== 18) return "idLength";
  if (!/^[1-9][0-9]{16}[0-9X]$/.test(number)) return "idCharacters";
  if (!idParts(number).birth) return "idBirth";
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
  return "10X98765432"[sum % 11] === number[17] ? "" : "idCheck";
}
