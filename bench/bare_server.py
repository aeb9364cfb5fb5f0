"""How does the reference app run? Read by gunicorn: the portal's own shape, without its sender."""

import os

wsgi_app = "bench.bare:app"
worker_class = "gthread"
workers = int(os.environ["WEB_CONCURRENCY"])
threads = int(os.environ["PORTAL_THREADS"])
preload_app = True
keepalive = 75
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # a heartbeat file must not touch a disk
