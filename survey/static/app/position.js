// Where the phone is, if it may say so. Asked for when a door is opened, so that it is there when the outcome is tapped.
let last = null;
let watch = null;

export const refused = { yes: false };

function keep({ coords, timestamp }) {
  last = { lon: coords.longitude, lat: coords.latitude, metres: Math.round(coords.accuracy), at: timestamp };
  refused.yes = false;
}

/** Begin to look; ends by itself after two minutes. */
export function lookForPosition() {
  if (!navigator.geolocation || watch !== null) return;
  watch = navigator.geolocation.watchPosition(keep, (error) => { refused.yes = error.code === 1; },
    { enableHighAccuracy: true, maximumAge: 30e3, timeout: 20e3 });
  setTimeout(() => { navigator.geolocation.clearWatch(watch); watch = null; }, 120e3);
}

/** {lon, lat, metres} of the last minutes, or null. */
export function position(now = Date.now()) {
  return last && now - last.at < 3 * 60e3 ? { lon: last.lon, lat: last.lat, metres: last.metres } : null;
}
