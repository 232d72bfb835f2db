// The control of each kind of question. A new kind is a new entry here.
"use strict";

import { barcode } from "./barcode.js";
import { acknowledge, filtered, minimal, rank, tiles } from "./choices.js";
import { drawing } from "./drawing.js";
import { upload } from "./files.js";
import { place } from "./places.js";
import { date, line, lines, moment, number, readonly } from "./typed.js";

export const CONTROLS = {
  text: (question, session) => (question.multiline ? lines : line)(question, session),
  integer: number, decimal: number, date, time: moment, dateTime: moment, readonly, barcode, acknowledge,
  select_one: tiles, select_multiple: tiles, select_one_minimal: minimal, filtered, rank,
  geopoint: place, geotrace: place, geoshape: place,
  image: upload, audio: upload, video: upload, file: upload, drawing,
};
