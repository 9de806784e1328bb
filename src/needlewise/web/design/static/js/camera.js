// A camera that helps to take the same picture again: the first one laid over, a frame for the head, how sharp and how bright.
// It runs while its sheet is open. Pictures go into the form, nowhere else.

const WORDS = {
  front: "Face straight on: eyes on the line, chin in the frame, both ears alike, no smile.",
  left: "The left side, nose to the left: eye on the line, the far brow just hidden.",
  right: "The right side, nose to the right: eye on the line, the far brow just hidden.",
  body: "The skin flat before the camera, the cross on its middle, the card at the lower edge.",
};
const WANTED = { width: { ideal: 3840 }, height: { ideal: 2160 } };
const SHOTS = 3;
const SHOT_MS = 500;
const LOOK_MS = 100;
const CROP_PX = 256;
const SMALL_PX = 240;
const WHITE = 250;
const BLACK = 5;
// Chosen: shares above which a picture is not worth taking.
const MOST_WHITE = 0.01;
const MOST_BLACK = 0.1;
const SHARP_ENOUGH = 0.7;
const QUALITY = 0.95;

// How much the grey of each pixel differs from its neighbours': the variance of the Laplacian.
export function sharpness(pixels, width, height) {
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i += 1) grey[i] = 0.299 * pixels[4 * i] + 0.587 * pixels[4 * i + 1] + 0.114 * pixels[4 * i + 2];
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const i = y * width + x;
      const value = grey[i - 1] + grey[i + 1] + grey[i - width] + grey[i + width] - 4 * grey[i];
      sum += value;
      squares += value * value;
    }
  }
  const count = Math.max(1, (width - 2) * (height - 2));
  return squares / count - (sum / count) ** 2;
}

// Shares of pixels whose light is lost: at least one colour full, or all of them empty.
export function lost(pixels) {
  let white = 0;
  let black = 0;
  for (let i = 0; i < pixels.length; i += 4) {
    const [r, g, b] = [pixels[i], pixels[i + 1], pixels[i + 2]];
    if (Math.max(r, g, b) >= WHITE) white += 1;
    if (Math.max(r, g, b) <= BLACK) black += 1;
  }
  const count = Math.max(1, pixels.length / 4);
  return { white: white / count, black: black / count };
}

export function lightWords({ white, black }) {
  const share = (value) => `${Math.max(1, Math.round(100 * value))} %`;
  if (white > MOST_WHITE) return `Too bright: ${share(white)} is white. Less light, or turn away from it.`;
  if (black > MOST_BLACK) return `Too dark: ${share(black)} is black. More light, from both sides.`;
  return "Good: nothing is lost.";
}

const REFUSED = {
  NotAllowedError: "The camera is not allowed. Allow it for this address in the browser, and open this again. Pictures can be chosen as files instead.",
  NotFoundError: "No camera was found. Connect one and open this again, or choose pictures as files.",
  NotReadableError: "The camera is in use by something else. Close that and open this again.",
};

export function startCamera(dialog, form) {
  const [video, ghost, message, hint, opacity, meter, sharpWords, light, shoot, turn, taken, visitWord] =
    ["video", "ghost", "message", "hint", "opacity", "sharp", "sharp-words", "light", "shoot", "turn", "taken", "visit-word"].map((name) => dialog.querySelector(`[data-${name}]`));
  const view = dialog.querySelector(".cam-view");
  const look = document.createElement("canvas");
  const eye = look.getContext("2d", { willReadFrequently: true });
  let visit = "before";
  let stream = null;
  let best = 0;
  let timer = 0;
  let facing = "environment";
  let shooting = false;
  // Each opening has a number, so that an answer which comes too late is not taken for this one's.
  let opening = 0;

  const stop = (one) => one?.getTracks().forEach((track) => track.stop());

  function frame(x, y, width, height, to) {
    look.width = to[0];
    look.height = to[1];
    eye.drawImage(video, x, y, width, height, 0, 0, to[0], to[1]);
    return eye.getImageData(0, 0, to[0], to[1]).data;
  }

  // Sharpness of the middle, at the camera's own grain.
  function sharp() {
    const [width, height] = [Math.min(CROP_PX, video.videoWidth), Math.min(CROP_PX, video.videoHeight)];
    return sharpness(frame((video.videoWidth - width) / 2, (video.videoHeight - height) / 2, width, height, [width, height]), width, height);
  }

  function see() {
    if (!video.videoWidth || shooting) return;
    const now = sharp();
    best = Math.max(best, now);
    const share = best ? now / best : 0;
    meter.value = Math.round(100 * share);
    sharpWords.textContent = `${Math.round(100 * share)} % of the best`;
    sharpWords.classList.toggle("is-wrong", share < SHARP_ENOUGH);
    const small = [SMALL_PX, Math.max(1, Math.round((SMALL_PX * video.videoHeight) / video.videoWidth))];
    const shares = lost(frame(0, 0, video.videoWidth, video.videoHeight, small));
    light.textContent = lightWords(shares);
    light.classList.toggle("is-wrong", !light.textContent.startsWith("Good"));
  }

  function refuse(words) {
    view.classList.add("is-off");
    message.textContent = words;
    shoot.disabled = true;
    for (const one of [sharpWords, light]) one.textContent = "–";
  }

  async function open() {
    const mine = (opening += 1);
    close();
    best = 0;
    view.classList.remove("is-off");
    message.textContent = "";
    if (!navigator.mediaDevices?.getUserMedia) {
      refuse(isSecureContext ? "This browser gives no camera to pages. Choose pictures as files." : "The camera works only over a secure address (https) or on this machine itself. Choose pictures as files.");
      return;
    }
    let given;
    try {
      given = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: { ideal: facing }, ...WANTED } });
    } catch (fault) {
      if (mine === opening && dialog.open) refuse(REFUSED[fault.name] ?? "The camera could not be opened. Choose pictures as files.");
      return;
    }
    if (mine !== opening || !dialog.open) {
      stop(given);
      return;
    }
    stream = given;
    video.srcObject = stream;
    await video.play().catch(() => {});
    shoot.disabled = form.room(visit) < 1;
    timer = setInterval(see, LOOK_MS);
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === "videoinput");
    turn.hidden = cameras.length < 2;
  }

  function close() {
    clearInterval(timer);
    stop(stream);
    stream = null;
    video.srcObject = null;
  }

  async function layOver() {
    const file = form.baseline();
    const image = file && (await createImageBitmap(file).catch(() => null));
    ghost.hidden = !image;
    opacity.disabled = !image;
    if (!image) return;
    ghost.width = image.width;
    ghost.height = image.height;
    ghost.getContext("2d").drawImage(image, 0, 0);
    image.close();
  }

  // The sharpest of the frames of half a second.
  async function sharpest() {
    const still = document.createElement("canvas");
    let most = -1;
    const until = performance.now() + SHOT_MS;
    while (most < 0 || performance.now() < until) {
      const now = sharp();
      if (now > most) {
        most = now;
        still.width = video.videoWidth;
        still.height = video.videoHeight;
        still.getContext("2d").drawImage(video, 0, 0);
      }
      await new Promise((next) => setTimeout(next, LOOK_MS / 2));
    }
    return new Promise((done) => still.toBlob(done, "image/jpeg", QUALITY));
  }

  async function take() {
    const count = Math.min(SHOTS, form.room(visit));
    const mine = opening;
    const found = [];
    shooting = true;
    shoot.disabled = true;
    for (let number = 1; number <= count && stream && mine === opening; number += 1) {
      taken.textContent = `Hold still: ${number} of ${count}.`;
      const blob = await sharpest();
      if (blob) found.push(new File([blob], "picture.jpg", { type: "image/jpeg" }));
    }
    shooting = false;
    if (mine !== opening || !dialog.open) return;
    form.add(visit, found);
    const room = form.room(visit);
    taken.textContent = `${found.length} pictures are in the form.${room < 1 ? " No more have room." : ""}`;
    shoot.disabled = room < 1;
    shoot.textContent = words(room);
    await layOver();
  }

  const words = (room) => (room >= SHOTS || room < 1 ? "Take three" : room === 2 ? "Take two" : "Take one");

  for (const button of document.querySelectorAll("[data-camera]")) {
    button.addEventListener("click", async () => {
      visit = button.dataset.camera;
      visitWord.textContent = visit;
      taken.textContent = form.room(visit) < 1 ? "No more pictures have room. Take some out first." : "";
      shoot.textContent = words(form.room(visit));
      dialog.showModal();
      await layOver();
      await open();
    });
  }
  for (const radio of dialog.querySelectorAll('[name="cam-view"]')) {
    radio.addEventListener("change", () => {
      view.dataset.view = radio.value;
      hint.textContent = WORDS[radio.value];
      best = 0;
    });
  }
  opacity.addEventListener("input", () => view.style.setProperty("--ghost", String(opacity.value / 100)));
  turn.addEventListener("click", () => {
    facing = facing === "environment" ? "user" : "environment";
    open();
  });
  shoot.addEventListener("click", take);
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    opening += 1;
    close();
  });
  hint.textContent = WORDS.front;
}
