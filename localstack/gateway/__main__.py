"""python -m localstack.gateway --config kong.yml --data gateway.sqlite [--proxy-port 8000] [--admin-port 8001]"""

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from localstack.gateway.server import Gateway, Settings
from operations.kong.declarative import ConfigError


def _settings() -> Settings:
    parser = argparse.ArgumentParser(prog="localstack.gateway", description="A stand-in for Kong 3.9.")
    parser.add_argument(
        "--config", type=Path, required=True, help="declarative file (format 3.0); ${NAME} comes from the environment"
    )
    parser.add_argument("--data", type=Path, required=True, help="SQLite file of consumers, credentials and groups")
    parser.add_argument(
        "--host", default="127.0.0.1", help="where the proxy listens; the Admin API never leaves 127.0.0.1"
    )
    parser.add_argument(
        "--behind-proxy", action="store_true", help="believe X-Forwarded-For where 127.0.0.1 says it, as trusted_ips"
    )
    parser.add_argument("--proxy-port", type=int, default=8000)
    parser.add_argument("--admin-port", type=int, default=8001)
    parser.add_argument("--upstream-concurrency", type=int, help="how many upstream requests may run at once")
    parser.add_argument(
        "--client-max-body-size", type=int, help="bytes; as nginx's client_max_body_size, before any plugin"
    )
    return Settings(**vars(parser.parse_args()))


async def _run(gateway: Gateway) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    await gateway.start()
    print(f"proxy {gateway.host}:{gateway.proxy_port}, admin 127.0.0.1:{gateway.admin_port}", flush=True)
    await stopping.wait()
    await gateway.stop()


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        gateway = Gateway(_settings())
        asyncio.run(_run(gateway))
    except (ConfigError, OSError) as error:
        print(f"gateway: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
