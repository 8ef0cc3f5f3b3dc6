import Commands
import EventSchema
import HTTPTypes
import ServiceKit

extension AttachmentRefusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknown: .notFound("attachment")
        case .unknownPart: .notFound("part")
        case .unknownTask:
            .field("taskId", FieldRule(problem: "unknown_task", "there is no such task of this work order"))
        case .tooMany:
            Problem(
                .conflict,
                "too_many_attachments",
                "a work order has at most \(Attachment.maximumCount) files",
                ["maximum": "\(Attachment.maximumCount)"]
            )
        case .closed(let phase):
            Problem(
                .conflict,
                "closed",
                "the work order is \(phase.status.rawValue) and can't be changed",
                ["status": phase.status.rawValue]
            )
        case .announcedByAnother: Problem(.forbidden, "upload_of_another", "somebody else is uploading this file")
        case .notUploading(let state):
            Problem(
                .conflict,
                "not_uploading",
                "the file is \(state.rawValue) and takes no parts",
                ["state": state.rawValue]
            )
        case .wrongPartSize(let expected):
            Problem(.badRequest, "wrong_part_size", "this part has \(expected) bytes", ["expected": "\(expected)"])
        case .partsMissing(let parts):
            Problem(
                .conflict,
                "parts_missing",
                "these parts have not come: \(Self.list(parts))",
                ["parts": Self.list(parts)]
            )
        case .otherBytes:
            Problem(
                .unprocessableContent,
                "other_bytes",
                "the parts are not the file that was announced: its SHA-256 differs"
            )
        case .unknownType:
            Problem(
                .unsupportedMediaType,
                "file_type_unknown",
                "only images (JPEG, PNG, WebP, HEIC), PDF, films (MP4, MOV), text, Word and Excel documents without macros can be attached"
            )
        case .noImage(let type):
            Problem(
                .unprocessableContent,
                "not_an_image",
                "a photo must be an image, and this is \(type.rawValue)",
                ["type": type.rawValue]
            )
        case .photoUnreadable:
            Problem(
                .unprocessableContent,
                "photo_unreadable",
                "the picture is broken, or its position can't be taken out of it"
            )
        case .photosUnavailable:
            Problem(
                .serviceUnavailable,
                "photos_unavailable",
                "pictures can't be taken in at the moment: try again",
                retryAfter: 30
            )
        case .notAvailable(let state):
            Problem(.conflict, "file_not_available", "the file is \(state.rawValue)", ["state": state.rawValue])
        case .notAboutSafety:
            Problem(
                .conflict,
                "not_about_safety",
                "only documents about safety are acknowledged, and this file is none"
            )
        case .tooManyAcknowledgements:
            Problem(
                .conflict,
                "too_many_acknowledgements",
                "at most \(Attachment.maximumAcknowledgements) people acknowledge a document",
                ["maximum": "\(Attachment.maximumAcknowledgements)"]
            )
        case .noThumbnail: Problem(.notFound, "no_thumbnail", "there is no small picture of this file")
        case .rangeOutside(let size):
            Problem(.rangeNotSatisfiable, "range_outside", "the file has \(size) bytes", ["size": "\(size)"])
        case .noStore:
            Problem(
                .serviceUnavailable,
                "no_object_store",
                "this installation keeps no files: OBJECT_STORE_FOLDER or OBJECT_STORE_BUCKET is not set"
            )
        case .storeUnavailable:
            Problem(
                .serviceUnavailable,
                "files_unavailable",
                "files can't be reached at the moment: try again",
                retryAfter: 5
            )
        }
    }

    private static func list(_ parts: [Int]) -> String { parts.map(String.init).joined(separator: ", ") }
}
