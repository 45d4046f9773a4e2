"""A result on paper: a picture for a phone, a report for a bank or an official, a workbook to copy from.

`compose` puts a result into words, once; what it makes (`content`) is plain data that `picture`, `document` and
`workbook` only lay out. `pool` has them do it in a process of their own. A renderer is imported when it renders.
"""
