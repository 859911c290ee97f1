"""`springline prompts …`: list, check, replace and render what callers hear."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from . import manifest, models, render, store, texts
from .level import Silence
from .spoken import NotSpeakable
from .wav import NotAudio

app = typer.Typer(
    no_args_is_help=True, help="语音提示：列表、检查、换成真人录音、重新合成 · What callers hear."
)

EXPECTED = (
    store.PromptMissing,
    NotAudio,
    Silence,
    NotSpeakable,
    models.ModelRefused,
    render.RenderFailed,
    OSError,
)

Home = Annotated[
    Path | None, typer.Option("--home", help="家目录，默认 SPRINGLINE_HOME 或 .springline · home folder.")
]
Id = Annotated[str, typer.Argument(metavar="ID", help="提示编号，如 ivr.main · prompt id.")]


class Which(StrEnum):
    PROMPTS = "prompts"
    SIMULATOR = "simulator"


def _home(home: Path | None) -> Path:
    return (home or Path(os.environ.get("SPRINGLINE_HOME") or ".springline")).resolve()


def _fail(error: Exception) -> typer.Exit:
    typer.secho(str(error), err=True, fg=typer.colors.RED)
    return typer.Exit(1)


@app.command("list")
def list_(home: Home = None) -> None:
    """每条提示的文字、时长、来源 · text, length and origin of every prompt."""
    own, shipped = manifest.read(store.replacements(_home(home))), manifest.read(texts.shipped().directory)
    table = Table("编号 id", "来源 source", "秒 s", "文字 text")
    for prompt in texts.shipped().prompts.values():
        row = own.get(prompt.id) or shipped.get(prompt.id)
        seconds = f"{row.seconds:.1f}" if row else ""
        table.add_row(prompt.id, _source(prompt, own), seconds, row.text if row else prompt.text)
    Console().print(table)


def _source(prompt: texts.Prompt, own: dict[str, manifest.Row]) -> str:
    if prompt.id in own:
        return "真人录音 human" if own[prompt.id].source == "human" else "本站合成 rendered here"
    if prompt.rendered:
        return "随附 shipped"
    if prompt.parts:
        return "拼接 in parts"
    return "仅文字 text only" if not prompt.audio else f"动态 dynamic: {', '.join(prompt.missing)}"


@app.command()
def check(home: Home = None) -> None:
    """核对文字、声音文件和清单 · do texts, sound files and manifests agree?"""
    place = _home(home)
    for row in manifest.read(store.replacements(place)).values():
        typer.echo(
            f"{row.id}: {'真人录音 human recording' if row.source == 'human' else '本站合成 rendered here'}"
        )
    problems = store.check(place)
    for problem in problems:
        typer.secho(problem, err=True, fg=typer.colors.RED)
    if problems:
        raise typer.Exit(1)
    typer.echo(f"{len(store.playable_ids())} 条提示一致 · prompts agree")


@app.command()
def replace(prompt_id: Id, recording: Path, home: Home = None) -> None:
    """换成真人录音（任意 WAV） · use a person's recording (any WAV)."""
    try:
        row = store.replace(_home(home), prompt_id, recording)
    except EXPECTED as error:
        raise _fail(error) from error
    typer.echo(f"{row.id}: {row.seconds:.1f} s · {row.text}")


@app.command()
def reset(prompt_id: Id, home: Home = None) -> None:
    """恢复随附的声音 · play the shipped sound again."""
    try:
        there = store.reset(_home(home), prompt_id)
    except EXPECTED as error:
        raise _fail(error) from error
    typer.echo(f"{prompt_id}: {'已恢复 · shipped sound again' if there else '没有录音 · had no recording'}")


@app.command("render")
def render_(
    home: Home = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="ID", help="只合成这些 · only these.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="输出目录 · another folder.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="改写变量，如 open=8:00，结果存入家目录 · goes to the home."
        ),
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--from", help="已下载的模型目录 · folder with the files.")
    ] = None,
    which: Annotated[Which, typer.Option("--catalogue", help="哪一套 · which texts.")] = Which.PROMPTS,
) -> None:
    """用神经网络声音重新合成 · say the texts again in the neural voice."""
    place = _home(home)
    try:
        values = dict(pair.split("=", 1) for pair in set_ or [])
    except ValueError as error:
        raise typer.BadParameter("--set NAME=VALUE") from error
    try:
        catalogue, prompts = _chosen(which, values, only or [])
        python, model = render.environment(place, typer.echo), models.install(place, typer.echo, source)
        keep = _to_home(place) if values and not out else _to_folder(out or catalogue.directory)
        render.render(catalogue, prompts, python, model, typer.echo, keep)
        if not (only or values):
            _drop_unknown(out or catalogue.directory, catalogue)
    except EXPECTED as error:
        raise _fail(error) from error


def _chosen(
    which: Which, values: dict[str, str], only: list[str]
) -> tuple[texts.Catalogue, list[texts.Prompt]]:
    catalogue = texts.simulator() if which == Which.SIMULATOR else texts.shipped()
    if values:
        path = texts.HERE / "texts.toml"
        catalogue = texts.load(path, values, texts.shipped().directory)
    for prompt_id in only:
        if prompt_id not in catalogue.prompts:
            raise store.PromptMissing(prompt_id, "no such prompt")
        if not catalogue.prompts[prompt_id].rendered:
            raise store.PromptMissing(
                prompt_id, "is not rendered: text only, in parts, or a value is missing"
            )
    chosen = [
        p
        for p in catalogue.rendered()
        if (p.id in only if only else not values or set(p.slots) & set(values))
    ]
    return catalogue, chosen


def _to_home(home: Path) -> render.Keep:
    def keep(data: bytes, row: manifest.Row) -> None:
        store.keep(home, data, row)

    return keep


def _to_folder(folder: Path) -> render.Keep:
    def keep(data: bytes, row: manifest.Row) -> None:
        manifest.put(folder / f"{row.id}.wav", data)
        manifest.write(folder, {**manifest.read(folder), row.id: row})

    return keep


def _drop_unknown(folder: Path, catalogue: texts.Catalogue) -> None:
    rows = manifest.read(folder)
    kept = {p.id for p in catalogue.rendered()}
    for gone in set(rows) - kept:
        (folder / f"{gone}.wav").unlink(missing_ok=True)
    manifest.write(folder, {key: row for key, row in rows.items() if key in kept})
