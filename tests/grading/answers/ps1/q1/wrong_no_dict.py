# q1-predict: 0 no-dict
# q1-implement: 0 not-answered
q1_prediction = 18
