// Times for the next visit as people say them: this evening, tomorrow morning, Saturday morning ...

const at = (base, days, hours, minutes = 0) => new Date(base.getFullYear(), base.getMonth(), base.getDate() + days, hours, minutes);

/** Up to five moments after `now` and before the campaign closes. */
export function callBacks(now, closes) {
  const saturday = (6 - now.getDay() + 7) % 7 || 7;
  const sunday = (7 - now.getDay()) % 7 || 7;
  const wanted = [at(now, 0, 19), at(now, 1, 9, 30), at(now, 1, 19), at(now, saturday, 9, 30), at(now, sunday, 15), at(now, 2, 19)];
  const end = closes ? new Date(closes) : null;
  const good = wanted.filter((each) => each - now > 3600e3 && (!end || each < end));
  return [...new Map(good.map((each) => [each.getTime(), each])).values()].sort((a, b) => a - b).slice(0, 5);
}
