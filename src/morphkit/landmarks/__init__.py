"""Photo to draft template: detection, prediction, schemes bridged, own predictors trained."""
