"""`shuping report --batch`: papers of many firms in a folder, and a workbook that sums them up.

What is there already, made of the same answers by the same program, is left alone: a batch that was interrupted is
taken up by giving the same command again. A record that is refused is named, and the others are made.
"""
