"""Makes the documents that the tests of process tables read: one table as Word, Excel, CSV, Markdown and text."""

import csv
from io import StringIO
from pathlib import Path

SEED = [
    ["阶段", "关键环节", "负责人", "时间节点", "输出成果", "备注"],
    ["筹备阶段", "需求发起与目标确认", "经理", "活动前30天", "《活动目标确认书》", "需管理层签字"],
    ["", "市场与用户调研", "市场专员*", "活动前25天", "《市场调研报告》《用户画像》", "包含竞品分析"],
    ["", "资源评估与预算初定", "财务*", "活动前20天", "《初步预算表》", "预留应急资金"],
    ["", "跨部门沟通与团队组建", "经理", "活动前18天", "《专项小组分工表》", "明确各组职责"],
    ["策划阶段", "活动主题与创意设计", "策划组*", "活动前15天", "《活动主题方案》《创意KV设计稿》", ""],
]
TITLE = "企业营销活动策划通用流程表"

SEED_TEXT = "\n\n".join(
    [
        "企业营销活动策划流程表.docVIP",
        TITLE,
        "本流程表适用于企业各类营销活动的全周期管理。",
        "标准化流程表模板",
        *(cell for row in SEED for cell in row if cell),
        "您可能关注的文档",
        "文档评论(0)",
        "1亿VIP精品文档",
    ]
)


def docx(path: Path, *tables: list[list[str]], title: str = TITLE, merge: bool = True) -> Path:
    """A Word document with these tables; blank cells of the first column are merged with the cell above."""
    import docx

    document = docx.Document()
    document.add_paragraph(title)
    for rows in tables:
        table = document.add_table(len(rows), len(rows[0]))
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                table.cell(r, c).text = text
        for first, last in _merged(rows) if merge else ():
            text = rows[first][0]
            table.cell(first, 0).merge(table.cell(last, 0)).text = text
        document.add_paragraph("")
    document.save(str(path))
    return path


def xlsx(path: Path, *tables: list[list[str]], title: str = TITLE, merge: bool = True) -> Path:
    """A workbook with a sheet per table: a merged title row, the table, merged stages."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(tables, 1):
        sheet = book.create_sheet(f"Sheet{number}")
        sheet.append([title])
        sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(rows[0]))
        for row in rows:
            sheet.append([text or None for text in row])
        for first, last in _merged(rows) if merge else ():
            sheet.merge_cells(start_row=first + 2, end_row=last + 2, start_column=1, end_column=1)
    book.save(str(path))
    return path


def csv_text(rows: list[list[str]], *, title: str = TITLE, separator: str = ",") -> str:
    """The table as separated values below its title."""
    stream = StringIO()
    writer = csv.writer(stream, delimiter=separator)
    if title:
        writer.writerow([title, *[""] * (len(rows[0]) - 1)])
    writer.writerows(rows)
    return stream.getvalue()


def markdown(rows: list[list[str]], *, title: str = TITLE) -> str:
    """The table as a Markdown document."""
    lines = [f"# {title}", ""]
    for number, row in enumerate(rows):
        lines.append("| " + " | ".join(text.replace("|", "\\|").replace("\n", "<br>") for text in row) + " |")
        if number == 0:
            lines.append("|" + "---|" * len(row))
    return "\n".join(lines) + "\n\n注：以上时间可调整。\n"


def _merged(rows: list[list[str]]) -> list[tuple[int, int]]:
    spans = []
    first = 1
    for at in range(2, len(rows) + 1):
        if at == len(rows) or rows[at][0]:
            if at - 1 > first:
                spans.append((first, at - 1))
            first = at
    return spans


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path
