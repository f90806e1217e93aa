"""The command under test, as the tests here call it."""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRATCH = pathlib.Path(os.environ["CHECK_DIR"]) / "odbcinst"
SCRATCH.mkdir(parents=True, exist_ok=True)
SECRETS = ["not-for-real", "bi-retail-7c1e", "the-right-one", "the-wrong-one"]


def environment(changes=None):
    """The caller's, with the sanitizer's runtime before everything else."""
    return dict(os.environ, LD_PRELOAD=os.environ["ATHENA_PRELOAD"], **(changes or {}))


class Answer:
    def __init__(self, done):
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr
        assert "ASan" not in self.err and "Sanitizer" not in self.err and "runtime error" not in self.err, self.err[-1500:]

    @property
    def json(self):
        return json.loads(self.out)

    def wants(self, status):
        assert self.status == status, f"status {self.status}, not {status}: {self.out[-500:]} {self.err[-500:]}"
        return self

    def shows_no_secret(self):
        for secret in SECRETS:
            assert secret not in self.out + self.err, f"shows {secret!r}"
        return self


def athena(*arguments, stdin="", env=None):
    return Answer(subprocess.run([os.environ["ATHENA_ODBC"], *arguments], input=stdin, capture_output=True, text=True, timeout=120,
                                 env=environment(env)))


def write(name, text, mode=0o600):
    path = SCRATCH / name
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return str(path)
