"""The sandbox: a student's code runs in a process of its own, and answers with JSON.

`client` is what the trusted side uses; `server` forks a process per job, `jail` shuts it in, and
`child` serves the cells and the checks there. The server holds no secret, no check and no other
student's files; nothing that comes out of it is executed or unpickled.

Imports the engine, IPython (in the server's process) and the standard library. It must not know
nbgrader, points or the secret of a course.
"""
