// The photo of a report: made smaller on the phone before it is kept or sent, which also leaves out where and
// with what it was taken. What the phone cannot read goes as it is, if the server may be able to.

import { t } from "../words.js";

const LONGEST_EDGE_PX = 1600;
const QUALITY = 0.82;
const MOST_BYTES = 8 * 1024 * 1024;
const READABLE = ["image/jpeg", "image/png", "image/webp"];

/** Joins the photo's field; the result answers `current()`: {bytes, type}, or null without a photo. */
export function joinPhoto(form, showProblem) {
  const field = form.elements.photo;
  const [preview, words, remove] = ["preview", "words", "remove"].map((part) => form.querySelector(`[data-photo-${part}]`));
  let photo = Promise.resolve(null);

  const show = (size) => {
    preview.hidden = remove.hidden = !size;
    words.textContent = size ? t("photo_ready", { size: Math.max(1, Math.round(size / 1024)) }) : "";
  };

  const take = async (file) => {
    const smaller = await shrink(file, preview);
    if (smaller) {
      show(smaller.size);
      return { bytes: await smaller.arrayBuffer(), type: smaller.type };
    }
    show(0);
    const problem = problemOf(file);
    const bytes = problem ? null : await file.arrayBuffer().catch(() => null); // it may be gone from the phone by now
    if (bytes) return { bytes, type: file.type };
    showProblem("photo", problem || t("report_problem_photo_not_a_photo"));
    field.value = "";
    return null;
  };

  field.addEventListener("change", () => {
    showProblem("photo", "");
    const [file] = field.files;
    if (!file) show(0);
    photo = file ? take(file) : Promise.resolve(null);
  });
  remove.addEventListener("click", () => {
    field.value = "";
    photo = Promise.resolve(null);
    show(0);
    field.focus();
  });

  return {
    current: () => photo,
    /** A photo that was taken before; it is shown by its size only. */
    put(taken) {
      photo = Promise.resolve(taken);
      show(taken.bytes.byteLength);
      preview.hidden = true;
    },
    clear() {
      field.value = "";
      photo = Promise.resolve(null);
      show(0);
    },
  };
}

/** A JPEG of at most LONGEST_EDGE_PX, drawn on the canvas of the preview; null where this phone cannot read the file. */
async function shrink(file, canvas) {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_EDGE_PX / Math.max(bitmap.width, bitmap.height));
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  } catch {
    return null;
  }
}

function problemOf(file) {
  if (/hei[cf]$/i.test(file.type) || /\.hei[cf]$/i.test(file.name)) return t("report_problem_photo_heic");
  if (!READABLE.includes(file.type)) return t("report_problem_photo_not_a_photo");
  return file.size > MOST_BYTES ? t("report_problem_photo_too_large") : "";
}
