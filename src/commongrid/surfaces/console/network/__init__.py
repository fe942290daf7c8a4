"""Network: how far links reach, who links whom, the plan of a village, the notice, the county sheet."""
