"use strict";
// Plays the trials of a list with lab.js 20.

const task = (participant, list) => {
  const answers = answersOf(list);
  const reminder = reminderOf(list);
  const pretest = []; // answers from which the balance points follow
  let last = null; // what is recorded of the last feedback

  // A key, small or capital, and a tap on its name.
  const keyed = (key, word, response) => {
    const keys = [...new Set([word, word.length === 1 ? word.toUpperCase() : word])];
    return { [`keydown(${keys.join(",")})`]: response, [`pointerdown [data-key="${key}"]`]: response };
  };
  const toAnswer = Object.assign({}, ...answers.map(({ key, label }) => keyed(key, key, label)));

  const text = (content, title) =>
    new lab.html.Screen({ title, content, responses: keyed(" ", "Space", "go on") });

  // A screen that is drawn when it is shown, when the window and the answers are known.
  const passing = (title, timeout, draw) =>
    new lab.html.Screen({
      title,
      timeout,
      messageHandlers: {
        "before:run": function () {
          this.options.content = draw();
        },
      },
    });

  const faceScreen = (face) => {
    const size = shownSize(face);
    const mask = TASK.mask_ms ? `<img class="mask" src="${MASK}" style="${size}" decoding="sync" alt="" hidden>` : "";
    return `<div class="face" style="${size}">
      <img class="shown" src="${face.image_file}" style="${size}" decoding="sync" alt="">${mask}</div>${reminder}`;
  };

  const judgement = ({ face, told, feedback }) => {
    let faceMs = null;
    return new lab.html.Screen({
      title: "judgement",
      responses: toAnswer,
      data: { ...told, ...face },
      messageHandlers: {
        "before:run": function () {
          this.options.content = faceScreen(face);
        },
        render: (frame) => {
          const box = document.querySelector(".face");
          const show = (name) => (after) => {
            for (const one of box.children) one.hidden = one.className !== name;
            if (faceMs === null) faceMs = after;
          };
          takeAway(() => box.isConnected, show("mask"), show("nothing"), frame);
        },
        end: function () {
          const answer = answers.find(({ label }) => label === this.data.response);
          const tapped = this.data.response_action.startsWith("pointer");
          Object.assign(this.data, { rt: this.data.duration });
          Object.assign(this.data, recordOf(face, answer, tapped, faceMs));
          if (told.phase === "pretest") pretest.push({ ...face, label: answer.label });
          if (told.phase !== "training") return;
          last = feedbackOf(face, answer.label, feedback, pretest, TASK.feedback);
          Object.assign(this.data, last);
        },
      },
    });
  };

  const screens = trialsOf(list).flatMap((trial) => [
    ...(trial.before === null ? [] : [text(trial.before, "pause")]),
    passing("fixation", trial.fixation_ms, () => crossOf(trial.face) + reminder),
    judgement(trial),
    ...(trial.told.phase === "training"
      ? [
          passing(
            "feedback",
            TASK.feedback.feedback_ms,
            () => feedbackScreen(trial.face, last) + reminder
          ),
        ]
      : []),
    ...(TASK.iti_ms ? [passing("blank", TASK.iti_ms, () => "")] : []),
  ]);
  return new lab.flow.Sequence({
    title: "task",
    parameters: { participant, list },
    media: { images: PICTURES },
    content: [text(instructionScreen(list), "instructions"), ...screens],
  });
};

const play = async (participant, list) => {
  const room = document.createElement("main");
  room.dataset.labjsSection = "main";
  room.innerHTML = `<p class="page">${LOADING}</p>`;
  document.body.append(room);
  const study = task(participant, list);
  window.study = study; // for the console
  const over = study.waitFor("after:end");
  try {
    await study.prepare();
  } catch (error) {
    console.error(error); // for whoever made the study
    stop(NO_PICTURES);
    return new Promise(() => {}); // nothing comes after this
  }
  await study.run();
  await over;
  return study.options.datastore.exportCsv();
};

if (!("lab" in window)) {
  stop(
    "The task cannot start, because lab.js could not be loaded. " +
      "Without a copy of it in the folder labjs, this page needs the internet."
  );
} else {
  begin(play);
}
