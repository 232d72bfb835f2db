// Times for the next visit as people say them: this evening, tomorrow morning, Saturday morning ...
import { moment, wall } from "../words.js";

/** Up to five moments after `now` and before the campaign closes. */
export function callBacks(now, closes) {
  const [year, month, day] = wall(now);
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  const at = (days, hours, minutes = 0) => moment(year, month, day + days, hours, minutes);
  const saturday = (6 - weekday + 7) % 7 || 7;
  const sunday = (7 - weekday) % 7 || 7;
  const wanted = [at(0, 19), at(1, 9, 30), at(1, 19), at(saturday, 9, 30), at(sunday, 15), at(2, 19)];
  const end = closes ? new Date(closes) : null;
  const good = wanted.filter((each) => each - now > 3600e3 && (!end || each < end));
  return [...new Map(good.map((each) => [each.getTime(), each])).values()].sort((a, b) => a - b).slice(0, 5);
}
