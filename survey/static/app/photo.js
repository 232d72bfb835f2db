// Pictures are made small before they are kept: a phone's camera writes 5 MB, and a stairwell's network carries 50 kB a second.
// Drawing anew also drops everything that the camera wrote into the file: position, device, time.

const LONGEST = 1600, QUALITY = 0.8;

/** A JPEG with a long side of at most 1600 px. Raises an error when the file is no picture. */
export async function shrink(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!blob) throw new TypeError("no picture");
  return blob;
}
