"""Changes the released API documents, and tests that the check reports each breaking change, and no other."""

import copy
import json
import sys

import api

WORK_ORDERS = "work-orders"
CREATE = ("/api/v1/workorders", "post")
LIST = ("/api/v1/workorders", "get")


def operation(documents, place):
    return documents[WORK_ORDERS]["paths"][place[0]][place[1]]


def schema(documents, name):
    return documents[WORK_ORDERS]["components"]["schemas"][name]


def parameter(documents, name):
    return next(each for each in operation(documents, LIST)["parameters"] if each["name"] == name)


# A change of the documents, and what the check must report; None if it must report nothing.
CHANGES = [
    (lambda d: d[WORK_ORDERS]["paths"].pop("/api/v1/workorders/{id}/history"), "/history: is gone"),
    (lambda d: operation(d, CREATE).update({"x-permission": "workorder:approve"}), "needs workorder:approve"),
    (lambda d: operation(d, LIST)["parameters"].append({"in": "query", "name": "zz", "required": True, "schema": {}}), "zz is new and required"),
    (lambda d: operation(d, LIST)["parameters"].append({"in": "query", "name": "zz", "schema": {}}), None),
    (lambda d: operation(d, LIST)["parameters"].remove(parameter(d, "siteId")), "siteId is gone"),
    (lambda d: parameter(d, "limit")["schema"].update({"maximum": 100}), "limit has the maximum 100, was 200"),
    (lambda d: parameter(d, "limit")["schema"].update({"maximum": 500}), None),
    (lambda d: parameter(d, "status")["schema"]["enum"].remove("draft"), "status does not take draft"),
    (lambda d: schema(d, "CreateWorkOrder")["properties"]["title"].update({"maxLength": 100}), "title has the maxLength 100"),
    (lambda d: schema(d, "CreateWorkOrder")["properties"].pop("description"), "description is gone"),
    (lambda d: schema(d, "CreateWorkOrder")["required"].append("description"), "description is required now"),
    (lambda d: schema(d, "CreateWorkOrder")["properties"].update({"zz": {"type": "string"}}), None),
    (lambda d: schema(d, "CreateWorkOrder")["properties"]["description"].update({"type": "string"}), "description must be string"),
    (lambda d: schema(d, "CreateWorkOrder.Task")["required"].append("zz"), "zz is required now"),
    (lambda d: schema(d, "WorkOrderResponse")["properties"].pop("number"), "number is gone"),
    (lambda d: schema(d, "WorkOrderResponse")["properties"].update({"zz": {"type": "string"}}), None),
    (lambda d: schema(d, "WorkOrderResponse")["required"].remove("number"), "number may be absent"),
    (lambda d: schema(d, "WorkOrderResponse")["properties"]["version"].update({"type": "string"}), "version is string"),
    (lambda d: schema(d, "WorkOrderResponse")["properties"]["title"].update({"type": ["string", "null"]}), "title is null or string"),
    (lambda d: operation(d, CREATE)["responses"].pop("201"), "does not answer 201"),
]


def main():
    released = json.loads((api.ROOT / api.RELEASED).read_text())
    wrong = [f"the documents against themselves: {change}" for change in api.breaking(released, released)]
    for number, (change, words) in enumerate(CHANGES):
        documents = copy.deepcopy(released)
        change(documents)
        found = api.breaking(released, documents)
        if words is None and found:
            wrong.append(f"change {number} breaks nobody, but: {found[0]}")
        elif words is not None and not any(words in each for each in found):
            wrong.append(f"change {number} is not called '{words}', but {found}")
    for problem in wrong:
        print(f"dCMMS: api: {problem}", file=sys.stderr)
    if wrong:
        sys.exit(1)
    print(f"api: the check knows {len(CHANGES)} kinds of changes apart")


if __name__ == "__main__":
    main()
