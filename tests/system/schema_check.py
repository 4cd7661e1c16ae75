# SPDX-License-Identifier: Apache-2.0
"""A value held to the part of JSON Schema that the fragments of src/centre/api/openapi use. A word that it does not know is an
error, so that nothing is believed to be checked that is not."""

KNOWN = {"$ref", "type", "properties", "required", "items", "enum", "oneOf", "anyOf", "allOf", "additionalProperties", "description",
         "example", "format", "nullable", "x-role", "title"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def is_of(value, name):
    if name in ("integer", "number"):
        return not isinstance(value, bool) and isinstance(value, int if name == "integer" else (int, float))
    return isinstance(value, TYPES[name])


def resolve(schema, whole):
    while "$ref" in schema:
        found = whole
        for part in schema["$ref"].lstrip("#/").split("/"):
            found = found[part]
        schema = found
    return join_all(schema, whole) if "allOf" in schema else schema


def one_fits(value, choices, whole, at):
    tried = [check(value, choice, whole, at) for choice in choices]
    return [] if any(not faults for faults in tried) else [f"{at}: fits none of {len(tried)}: {tried[0][:1]}"]


def join_all(schema, whole):
    """allOf of objects as one object."""
    one = {k: v for k, v in schema.items() if k != "allOf"}
    for part in schema["allOf"]:
        part = resolve(part, whole)
        one = {**part, **one, "required": part.get("required", []) + one.get("required", []),
               "properties": {**part.get("properties", {}), **one.get("properties", {})}}
    return one


def check_object(value, schema, whole, at):
    faults = [f"{at}: {name} is missing" for name in schema.get("required", []) if name not in value]
    properties, other = schema.get("properties", {}), schema.get("additionalProperties", True)
    for name, one in value.items():
        if name in properties:
            faults += check(one, properties[name], whole, f"{at}.{name}")
        elif isinstance(other, dict):
            faults += check(one, other, whole, f"{at}.{name}")
        elif other is False:
            faults.append(f"{at}: {name} is not described")
    return faults


def check(value, schema, whole, at="$"):
    """The faults, as sentences with the place of each."""
    schema = resolve(schema, whole)
    unknown = set(schema) - KNOWN
    if unknown:
        return [f"{at}: the schema says {sorted(unknown)}, which this check does not know"]
    if value is None and schema.get("nullable"):
        return []
    if "oneOf" in schema or "anyOf" in schema:
        return one_fits(value, schema.get("oneOf") or schema["anyOf"], whole, at)
    names = schema.get("type", [])
    names = [names] if isinstance(names, str) else names
    if names and not any(is_of(value, name) for name in names):
        return [f"{at}: {str(value)[:60]!r} is not {' or '.join(names)}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{at}: {value!r} is not one of {schema['enum']}"]
    if isinstance(value, dict):
        return check_object(value, schema, whole, at)
    faults = []
    if isinstance(value, list) and "items" in schema:
        for i, one in enumerate(value):
            faults += check(one, schema["items"], whole, f"{at}[{i}]")
    return faults


def undescribed(value, schema, whole, at="$"):
    """Names in an answer of which the description says nothing, and names in it that are never looked at."""
    schema = resolve(schema, whole)
    found = []
    if isinstance(value, dict) and "properties" in schema:
        for name, one in value.items():
            if name in schema["properties"]:
                found += undescribed(one, schema["properties"][name], whole, f"{at}.{name}")
            elif not isinstance(schema.get("additionalProperties"), dict):
                found.append(f"{at}.{name}")
    if isinstance(value, list) and "items" in schema:
        for one in value:
            found += undescribed(one, schema["items"], whole, at + "[]")
    return sorted(set(found))
