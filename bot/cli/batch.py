"""`shuping report --batch`: papers of many firms in a folder, and a workbook that sums them up.

What is there already, made of the same answers by the same program, is left alone: a batch that was interrupted is
taken up by giving the same command again. A record that is refused is named, and the others are made.
"""

import argparse
import asyncio
import gzip
import os
import sqlite3
import sys
from asyncio import Task
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.cli.files import opened, put
from bot.cli.parser import STDIO
from bot.cli.progress import Count, counted
from bot.cli.records import Records, read_records
from bot.reports.compose import compose
from bot.reports.errors import ReportError, ReportTrouble
from bot.reports.ledger import Ledger, Made, opened_ledger
from bot.reports.naming import stem_of
from bot.reports.paper import Earlier, Paper, paper_of, record_of
from bot.reports.pool import Pool, RenderError
from bot.reports.render import Kind
from bot.reports.seal import seal
from bot.reports.summary import Row, Summary, outcome_of
