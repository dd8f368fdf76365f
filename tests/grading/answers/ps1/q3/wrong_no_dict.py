# q3-predict: 0 no-dict
# q3-implement: 0 not-answered
q3_prediction = [25600.0, 4.0]
