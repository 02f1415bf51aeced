"""The server's side of Explorers: who enrolled, who is there, and what each is at.

`enrolment.py` takes new ones in, `sessions.py` tells the living from the gone and one process from
two, `assignments.py` hands out plans and takes what comes back. What an Explorer itself does is
`muster.explorer`.
"""
