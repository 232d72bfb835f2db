// How a door and its standing are said.
import { h } from "../dom.js";
import { MONTHS, say, tell, when } from "../words.js";

/** "501", or what there is of it. */
export const shortName = (door) => door.room || door.unit || door.place;

/** The place as the register says it. */
export const placeOf = (door) => door.place || [door.compound, door.building, door.unit, door.room].filter(Boolean).join("-");

/** Colour, shape and word of how the door stands; `◔ 再去`. What only this phone knows says so. */
export function standing(round, door) {
  const status = round.status(door);
  const words = status.code === "mine" ? say("填好了", "filled in") : tell(status.name) || status.code;
  return h(`span.how.tone-${status.colour || "plain"}`, {},
    h("span", { "aria-hidden": "true" }, `${status.shape || "○"} `), words, status.mine ? h("span.mine", {}, say("（待发）", " (unsent)")) : null);
}

/** What a building head reported of the door: 11 月 3 日搬来 2 人 */
function move({ way, day, persons }) {
  const [, month, date] = day.split("-").map(Number);
  const people = persons ? say(` ${persons} 人`, `, ${persons} people`) : "";
  const on = day ? say(`${month} 月 ${date} 日`, ` on ${date} ${MONTHS[month - 1]}`) : "";
  return way === "in" ? say(`听说${on}搬来${people}`, `said to have moved in${on}${people}`) : say(`听说${on}搬走${people}`, `said to have moved out${on}${people}`);
}

/** What a volunteer should know before ringing: who moved, call-back time and hints. */
export function advice(round, door) {
  const callBack = round.callBack(door);
  const named = (code) => tell(round.row("hints", code)?.name) || code;
  return [...(door.moves || []).map(move), callBack && round.left(door) ? say(`${when(callBack)} 再去`, `again ${when(callBack)}`) : null, ...(door.hints || []).map(named)].filter(Boolean);
}
