// The screens by the first word of the address.
import { addDoor, door } from "./door.js";
import { fill } from "./form.js";
import { hangers, hangStep } from "./hangers.js";
import { incident } from "./incident.js";
import { forms, more } from "./more.js";
import { queue } from "./queue.js";
import { round } from "./round.js";
import { scan } from "./scan.js";
import { tally } from "./tally.js";
import { visit } from "./visit.js";

export const SCREENS = {
  round, scan, door, visit, add: addDoor, form: fill, hangers, hang: hangStep, incident, tally, queue, more, forms,
};

export const home = (phone) => (phone.round?.data?.user?.role === "building_head" ? "#/forms" : "#/round");
