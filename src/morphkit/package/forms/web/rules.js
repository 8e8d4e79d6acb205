"use strict";
// Who sees which list, and what feedback calls right.  Knows no page.

// A code that ends in digits takes the lists in turn; any other is dealt one by its letters.
const listOf = (participant, lists) => {
  const digits = /[0-9]{1,9}$/.exec(participant);
  const number = digits
    ? Number(digits[0]) - 1
    : [...participant].reduce((sum, sign) => sum + sign.codePointAt(0), 0);
  return (((number % lists) + lists) % lists) + 1;
};

// The observer's balance point for a face's infant and continuum:
// 0.5 + for each frame the share of answers that were the lower one.
const balanceOf = (answers, face, lower) => {
  const frames = new Map(); // frame -> [lower answers, all answers]
  for (const { identity, continuum, frame, label } of answers) {
    if (!label || identity !== face.identity || continuum !== face.continuum) continue;
    const [low, all] = frames.get(frame) || [0, 0];
    frames.set(frame, [low + (label === lower ? 1 : 0), all + 1]);
  }
  let point = 0.5;
  for (const [low, all] of frames.values()) point += low / all;
  return point;
};

// The frame at which feedback changes: the balance point, moved so that more faces get the
// favoured answer.
const boundaryOf = (answers, face, rule) => {
  const point = rule.measured ? balanceOf(answers, face, rule.lower) : rule.boundary;
  const moved = point + (rule.favoured === rule.upper ? -1 : 1) * rule.shift_frames;
  return Math.round(moved * 1e6) / 1e6; // three thirds are one, also in binary
};

// A frame on the boundary goes to the favoured answer.
const rightAnswer = (frame, boundary, rule) => {
  const isUpper = frame > boundary || (frame === boundary && rule.favoured === rule.upper);
  return isUpper ? rule.upper : rule.lower;
};

// What is recorded of feedback; `given` is what is right for every observer, or "".
const feedbackOf = (face, label, given, answers, rule) => {
  const boundary = boundaryOf(answers, face, rule);
  const right = given || rightAnswer(face.frame, boundary, rule);
  return {
    boundary_frame: boundary,
    feedback_label: right,
    feedback_right: label === right ? 1 : 0,
  };
};
