# q2-predict: 0 no-dict
# q2-implement: 0 not-answered
