// How a door and its standing are said.
import { h } from "../dom.js";
import { say, tell, when } from "../words.js";

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

/** What a volunteer should know before ringing: call-back time and hints. */
export function advice(round, door) {
  const callBack = round.callBack(door);
  const named = (code) => tell(round.row("hints", code)?.name) || code;
  return [callBack && round.left(door) ? say(`${when(callBack)} 再去`, `again ${when(callBack)}`) : null, ...(door.hints || []).map(named)].filter(Boolean);
}
