"""What the chain is made of: files that are no Python."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
UNIT = ROOT / "docs" / "deploy" / "shuping.service"
CADDY = ROOT / "docs" / "deploy" / "Caddyfile"
PROXY = ROOT / "docs" / "deploy" / "nginx.conf"
DEPLOYING = ROOT / "docs" / "deploy.md"
COMPOSE = ROOT / "compose.yaml"
OPERATING = ROOT / "docs" / "operate.md"
WATCH = ROOT / "docs" / "deploy"
ALERTS = WATCH / "alerts.yml"
BOARD = WATCH / "grafana" / "shuping.json"


def shell_of(document: Path) -> list[str]:
    """The commands that a document tells people to run, one text a block."""
    return re.findall(r"^```sh\n(.*?)^```", document.read_text(), re.MULTILINE | re.DOTALL)
