"""Long lists on their way out: asked for with a purpose, prepared by the clock, fetched, gone on their day (导出任务).

A list that is too long for the answer to a page is written in the background, with the eyes of whoever asked: the post
is looked up anew before each part, in the session that asked. The file is kept sealed in pieces until its day.
All of it is apart from the journal, as the access log is; that log gets its line when the file is handed out.
"""
