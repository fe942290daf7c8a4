-- Numbers of matters come from one sequence, so that two reports never wait for each other; a month counts from where
-- it stood when the month's first matter came (matters_number_base).
CREATE SEQUENCE IF NOT EXISTS matters_number;
