// The screens by the first word of the address.
import { addDoor, door } from "./door.js";
import { fill } from "./form.js";
import { hangers, hangStep } from "./hangers.js";
import { incident } from "./incident.js";
import { forms, more } from "./more.js";
import { moved } from "./moved.js";
import { queue } from "./queue.js";
import { round } from "./round.js";
import { scan } from "./scan.js";
import { tally } from "./tally.js";
import { visit } from "./visit.js";

const SCREENS = {
  round, scan, door, visit, add: addDoor, form: fill, hangers, hang: hangStep, incident, tally, queue, more, forms, moved,
};

const FEWER = new Set(["forms", "form", "moved", "incident", "queue", "more"]);
const isHead = (phone) => phone.round?.data?.user?.role === "building_head";

export const home = (phone) => (isHead(phone) ? "#/forms" : "#/round");

/** What makes the screen of this name; the first one where there is none, or none for building heads, who see no household. */
export const screenOf = (phone, name) => (phone.revoked ? SCREENS.queue
  : (!isHead(phone) || FEWER.has(name)) && SCREENS[name] || SCREENS[home(phone).slice(2)]);
