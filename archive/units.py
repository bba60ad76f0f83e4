"""A schedule written out for systemd or for cron: text that a person puts in place. Pure.

Both start the same command, ``scrapy watch --due``, which asks only what is due and ends by itself. Two that meet
do no harm: the second is refused with exit code 75, which both forms take for no failure. The start is put off by a
random time, so that not every machine asks at the full hour.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

BUSY = 75
# How often a run may start: its name, hours and minutes between two starts.
EVERY = {
    "15min": 0.25,
    "30min": 0.5,
    "1h": 1,
    "2h": 2,
    "3h": 3,
    "4h": 4,
    "6h": 6,
    "8h": 8,
    "12h": 12,
    "1d": 24,
}
# A run is told to stop after so long; it asks an hour's worth and reads it, so only a hanging one gets there.
LONGEST_RUN = "6h"
# Gigabytes for the crawling process and SQLite's cache; each reader may take one more.
MEMORY = 2
_TEMPORARY = ("/tmp/", "/var/tmp/")

HARDENING = """\
# The archive's directory is all it may write to.
ProtectSystem=strict
ProtectHome=read-only
NoNewPrivileges=true
CapabilityBoundingSet=
AmbientCapabilities=
PrivateDevices=true
ProtectClock=true
ProtectControlGroups=true
ProtectHostname=true
ProtectKernelLogs=true
ProtectKernelModules=true
ProtectKernelTunables=true
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=true
RestrictRealtime=true
RestrictSUIDSGID=true
LockPersonality=true
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
UMask=0027"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What is to run, over which archive, how often and as whom. ``program`` begins the command.

    ``has_home``: a file beside the archive names the sites where ``sites`` names none.
    """

    name: str
    program: Sequence[str]
    archive: Path
    every: str = "1h"
    sites: Sequence[str] = ()
    has_home: bool = False
    notify: str | None = None
    user: str | None = None
    contact: str | None = None
    readers: int = 2
    checkpoints: Path | None = None
    key: Path | None = None
    witnesses: Sequence[str] = ()

    @property
    def command(self) -> list[str]:
        """Return the words of the command."""
        told = ["--notify", self.notify] if self.notify else []
        told += ["--checkpoint-file", str(self.checkpoints)] if self.checkpoints else []
        told += ["--checkpoint-key", str(self.key)] if self.key else []
        told += [word for command in self.witnesses for word in ("--witness", command)]
        return [*self.program, "watch", *self.sites, "--due", "--archive", str(self.archive), *told]

    @property
    def asks(self) -> str:
        """Return which sites the runs ask, in words."""
        named = " ".join(self.sites)
        return named or ("the sites of its home" if self.has_home else "all sites")

    @property
    def jitter(self) -> int:
        """Return by how many seconds a start is put off at most: a quarter of the time between two."""
        return int(min(EVERY[self.every] * 3600 / 4, 3600))


def service(schedule: Schedule) -> str:
    """Return the service of a schedule. Names and paths stand in it as systemd reads them back."""
    place = schedule.archive.parent
    lines = [
        "[Unit]",
        f"Description=yuanben: ask {_plain(schedule.asks)} for what is due",
        "After=network-online.target",
        "Wants=network-online.target",
        f"RequiresMountsFor={_word(place)}",
        "",
        "[Service]",
        "Type=oneshot",
        *([f"User={schedule.user}"] if schedule.user else []),
        f"WorkingDirectory={_plain(str(place))}",
        # Secrets (a proxy's password) belong there, not into a unit that all may read.
        "EnvironmentFile=-/etc/default/yuanben",
        *([f"Environment={_word(f'ARCHIVE_CONTACT={schedule.contact}')}"] if schedule.contact else []),
        f"ExecStart={_command(schedule.command)}",
        "# 75: another run holds the archive. 143: stopped by SIGTERM, nothing lost. 1: a site is newly BROKEN, a failure.",
        f"SuccessExitStatus={BUSY} 143",
        f"TimeoutStartSec={LONGEST_RUN}",
        "TimeoutStopSec=30s",
        f"MemoryMax={MEMORY + schedule.readers}G",
        "TasksMax=256",
        "Nice=10",
        "StandardOutput=journal",
        "StandardError=journal",
        f"SyslogIdentifier={schedule.name}",
        "",
        HARDENING,
        *([] if _is_temporary(schedule) else ["PrivateTmp=true"]),
        f"ReadWritePaths={_word(place)}",
        *([f"ReadWritePaths={_word(schedule.checkpoints.parent)}"] if schedule.checkpoints else []),
    ]
    return "\n".join(lines) + "\n"


def timer(schedule: Schedule) -> str:
    """Return the timer that starts the service; a start that was slept through is made up for, once."""
    return "\n".join(
        [
            "[Unit]",
            f"Description=yuanben: every {schedule.every}",
            "",
            "[Timer]",
            f"OnCalendar={_calendar(schedule)}",
            f"RandomizedDelaySec={schedule.jitter}s",
            "AccuracySec=1s",
            "Persistent=true",
            "",
            "[Install]",
            "WantedBy=timers.target",
            "",
        ]
    )


def cron(schedule: Schedule) -> str:
    """Return lines for a crontab; with a user, for a file in ``/etc/cron.d``.

    What the run says goes to a log beside the archive; cron mails the end of it when the run failed.
    """
    log = shlex.quote(f"{schedule.archive}.log")
    words = shlex.join(schedule.command)
    # Two bytes of chance, as POSIX has them: $RANDOM is not known to every sh, and the clock is the same everywhere.
    rest = f"sleep $(( $(od -An -N2 -tu2 /dev/urandom) % {schedule.jitter} ))"
    told = f"ARCHIVE_CONTACT={shlex.quote(schedule.contact)} " if schedule.contact else ""
    line = f"{rest}; {told}{words} >>{log} 2>&1 || [ $? -eq {BUSY} ] || tail -n 40 {log}"
    who = f"{schedule.user} " if schedule.user else ""
    # In a crontab a percent sign ends the line.
    return (
        f"# {schedule.name}: a second run is refused ({BUSY}) and says nothing; of a failed one cron mails the end.\n"
        f"{_fields(schedule)}  {who}{line.replace('%', chr(92) + '%')}\n"
    )


def _starts(schedule: Schedule) -> tuple[str, str]:
    """Return the hours and minutes of the starts; they differ from archive to archive, and are the same each time."""
    every = int(EVERY[schedule.every] * 60)
    first = crc32(str(schedule.archive).encode()) % every
    minutes = ",".join(str(minute) for minute in range(first % 60, 60, min(every, 60)))
    return (
        "*" if every <= 60 else ",".join(str(hour) for hour in range(first // 60, 24, every // 60))
    ), minutes


def _calendar(schedule: Schedule) -> str:
    return "*-*-* {}:{}:00".format(*_starts(schedule))


def _fields(schedule: Schedule) -> str:
    hours, minutes = _starts(schedule)
    return f"{minutes} {hours} * * *"


def _is_temporary(schedule: Schedule) -> bool:
    """Return whether something the run needs lies where a private /tmp would hide it."""
    named = (schedule.archive.parent, *schedule.program, schedule.checkpoints, schedule.key)
    return any(f"{path}/".startswith(_TEMPORARY) for path in named)


def _command(words: Sequence[str]) -> str:
    """Return a command as ExecStart holds it; in the path that begins it a dollar sign is no variable's."""
    first, *rest = words
    return " ".join([_word(first), *(_word(word, in_command=True) for word in rest)])


def _plain(text: str) -> str:
    return text.replace("%", "%%")


def _word(value: str | Path, *, in_command: bool = False) -> str:
    """Return one word as a unit file holds it: specifiers, variables, quotes and spaces as themselves."""
    text = _plain(str(value)).replace("\\", "\\\\").replace('"', '\\"')
    text = text.replace("$", "$$") if in_command else text
    return f'"{text}"' if not text or any(sign in text for sign in " \t\"'\\;") else text
