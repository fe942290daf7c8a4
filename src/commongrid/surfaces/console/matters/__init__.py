"""Pages of the closed loop: the queue, one matter with its next steps, recording for somebody, the slip."""
