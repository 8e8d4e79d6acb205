// Notes in the embedded data field stimuli_seen which face a loop showed, in the order shown.
Qualtrics.SurveyEngine.addOnload(function () {
  var seen = Qualtrics.SurveyEngine.getEmbeddedData("stimuli_seen") || "";
  var now = "${lm://CurrentLoopNumber}=@ID@;";
  Qualtrics.SurveyEngine.setEmbeddedData("stimuli_seen", seen + now);
});
