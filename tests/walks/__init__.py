"""Random processes walked through on two sides: the kernel, and a token game written from BPMN 2.0.2 chapter 13."""
