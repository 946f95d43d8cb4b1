#include "src/embedded_kube/presentation.h"

#include <utility>

#include "src/base/text.h"
#include "src/base/time_text.h"
#include "src/embedded_kube/json_path.h"
#include "src/json/parse.h"

namespace labgallery::embedded_kube {
namespace {

using json::Value;

constexpr const char* kMetaVersion = "meta.k8s.io/v1";

Value ToJson(const ListMetadata& metadata) {
  Value value;
  value.Set("resourceVersion", std::to_string(metadata.version));
  if (!metadata.continue_token.empty()) value.Set("continue", metadata.continue_token);
  value.SetIf("remainingItemCount", metadata.remaining);
  return value;
}

std::vector<PrinterColumn> ColumnsOf(const Resource& resource) {
  if (!resource.columns.empty()) return resource.columns;
  return {{.name = "Age",
           .type = "date",
           .format = "",
           .description = "",
           .json_path = ".metadata.creationTimestamp"}};
}

Value ColumnDefinition(const PrinterColumn& column) {
  Value definition;
  definition.Set("name", column.name);
  definition.Set("type", column.type);
  definition.Set("format", column.format);
  definition.Set("description", column.description);
  definition.Set("priority", column.priority);
  return definition;
}

// A date is shown as an age and a string as the joined texts; the other types as they are.
Value Cell(const PrinterColumn& column, const Value& object, SystemTime now) {
  const auto found = FindByPath(object, column.json_path);
  if (found.empty()) return {};
  const Value& first = *found.front();
  if (column.type == "date") {
    const auto time = first.IsString() ? ParseRfc3339(*first.AsString()) : std::nullopt;
    return time ? Value(ShortDuration(now - *time)) : Value("<unknown>");
  }
  if (column.type != "string") return first;
  std::vector<std::string> texts;
  for (const Value* value : found) {
    texts.push_back(value->IsString() ? *value->AsString() : json::Dump(*value));
  }
  return Join(texts, " ");
}

MediaRange ParseRange(std::string_view text) {
  MediaRange range;
  for (const std::string& part : Split(text, ';')) {
    const std::string_view piece = Trim(part);
    const auto equals = piece.find('=');
    if (range.type.empty()) {
      range.type = Lower(piece);
    } else if (equals != std::string_view::npos) {
      const std::string_view name = piece.substr(0, equals);
      const std::string value(piece.substr(equals + 1));
      if (name == "as") range.as = value;
      if (name == "g") range.group = value;
      if (name == "v") range.version = value;
    }
  }
  return range;
}

}  // namespace

std::vector<MediaRange> ParseAccept(const http::Request& request) {
  const auto accept = request.headers.Get("Accept");
  if (!accept || Trim(*accept).empty())
    return {{.type = "application/json", .as = "", .group = "", .version = ""}};
  std::vector<MediaRange> ranges;
  for (const std::string& part : Split(*accept, ',')) ranges.push_back(ParseRange(part));
  return ranges;
}

Value PartialMetadata(const Value& object) {
  Value partial;
  partial.Set("kind", "PartialObjectMetadata");
  partial.Set("apiVersion", kMetaVersion);
  partial.Set("metadata", *object.Find("metadata"));
  return partial;
}

Outcome<Presentation> Presentation::Of(const Call& call, const Clock& clock) {
  Presentation presentation;
  presentation.clock_ = &clock;
  const std::string include = call.query.Get("includeObject");
  if (include == "None") presentation.row_object_ = RowObject::kNone;
  if (include == "Object") presentation.row_object_ = RowObject::kWhole;
  for (const MediaRange& range : ParseAccept(call.request)) {
    if (range.type != "application/json" && range.type != "*/*" && range.type != "application/*")
      continue;
    if (range.as.empty()) return presentation;
    if (range.group != "meta.k8s.io" || range.version != "v1") continue;
    if (range.as == "Table") {
      presentation.form_ = Form::kTable;
      return presentation;
    }
    if (range.as == "PartialObjectMetadata" || range.as == "PartialObjectMetadataList") {
      presentation.form_ = Form::kMetadata;
      return presentation;
    }
  }
  return Refuse(NotAcceptable());
}

std::string Presentation::Object(const Resource& resource, const StoredObject& object) const {
  switch (form_) {
    case Form::kWhole:
      return object.text;
    case Form::kMetadata:
      return json::Dump(PartialMetadata(*json::Parse(object.text)));
    case Form::kTable: {
      Value metadata;
      metadata.Set("resourceVersion", std::to_string(object.version));
      return Table(resource, {&object}, std::move(metadata));
    }
  }
  return object.text;
}

std::string Presentation::List(const Resource& resource, const std::vector<ObjectPtr>& objects,
                               const ListMetadata& metadata) const {
  if (form_ == Form::kTable) {
    std::vector<const StoredObject*> rows;
    for (const ObjectPtr& object : objects) rows.push_back(object.get());
    return Table(resource, rows, ToJson(metadata));
  }
  const bool whole = form_ == Form::kWhole;
  const std::string version = whole ? resource.type.ApiVersion() : kMetaVersion;
  const std::string kind = whole ? resource.list_kind : "PartialObjectMetadataList";
  std::string text = R"({"apiVersion":")" + version + R"(","items":[)";
  for (const ObjectPtr& object : objects) {
    if (&object != &objects.front()) text += ',';
    text += Object(resource, *object);
  }
  return text + R"(],"kind":")" + kind + R"(","metadata":)" + json::Dump(ToJson(metadata)) + "}";
}

std::string Presentation::Table(const Resource& resource,
                                const std::vector<const StoredObject*>& objects,
                                Value metadata) const {
  const std::vector<PrinterColumn> columns = ColumnsOf(resource);
  Value table;
  table.Set("kind", "Table");
  table.Set("apiVersion", kMetaVersion);
  table.Set("metadata", std::move(metadata));
  Value& definitions = table.Set("columnDefinitions", Value::Array());
  definitions.Push(ColumnDefinition({.name = "Name",
                                     .type = "string",
                                     .format = "name",
                                     .description = "The object's name.",
                                     .json_path = ".metadata.name"}));
  for (const PrinterColumn& column : columns) definitions.Push(ColumnDefinition(column));
  Value& rows = table.Set("rows", Value::Array());
  for (const StoredObject* stored : objects) {
    const Value object = *json::Parse(stored->text);
    Value row;
    Value& cells = row.Set("cells", Value::Array());
    cells.Push(stored->key.name);
    for (const PrinterColumn& column : columns) cells.Push(Cell(column, object, clock_->Now()));
    if (row_object_ == RowObject::kMetadata) row.Set("object", PartialMetadata(object));
    if (row_object_ == RowObject::kWhole) row.Set("object", object);
    rows.Push(std::move(row));
  }
  return json::Dump(table);
}

}  // namespace labgallery::embedded_kube
