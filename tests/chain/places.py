"""What the chain is made of: files that are no Python."""

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
UNIT = ROOT / "docs" / "deploy" / "shuping.service"
CADDY = ROOT / "docs" / "deploy" / "Caddyfile"
PROXY = ROOT / "docs" / "deploy" / "nginx.conf"
DEPLOYING = ROOT / "docs" / "deploy.md"
