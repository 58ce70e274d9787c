#!/usr/bin/env python3
"""Golden bytes of kiosk/issuing/protocol.cddl, from values.json, by an encoder and a sealed box of their own (neither the kiosk's nor the centre's
code, nor libsodium). Needs python3-cryptography. Run it in its folder after the contract or values.json changed; README.md says what the files are."""
import hashlib
import json
import struct
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.poly1305 import Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def cbor(value):
    def head(major, n):
        for info, limit, form in ((24, 1 << 8, ">B"), (25, 1 << 16, ">H"), (26, 1 << 32, ">I"), (27, 1 << 64, ">Q")):
            if n < 24:
                return bytes([major << 5 | n])
            if n < limit:
                return bytes([major << 5 | info]) + struct.pack(form, n)
    if value is None or isinstance(value, bool):
        return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[value]
    if isinstance(value, int):
        return head(0, value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    keys = sorted(value, key=lambda k: k.encode())
    return head(5, len(keys)) + b"".join(cbor(k) + cbor(value[k]) for k in keys)


def typed(value):
    """JSON has no bytes: the text h'0102' stands for two of them."""
    if isinstance(value, str) and value.startswith("h'"):
        return bytes.fromhex(value[2:-1])
    if isinstance(value, list):
        return [typed(v) for v in value]
    if isinstance(value, dict):
        return {k: typed(v) for k, v in value.items()}
    return value


def rounds(x):
    x = list(x)

    def quarter(a, b, c, d):
        for to, p, q, by in ((b, a, d, 7), (c, b, a, 9), (d, c, b, 13), (a, d, c, 18)):
            s = (x[p] + x[q]) & 0xFFFFFFFF
            x[to] ^= (s << by | s >> (32 - by)) & 0xFFFFFFFF
    for _ in range(10):
        for q in ((0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11), (0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14)):
            quarter(*q)
    return x


def state(key, block):
    c, k, n = struct.unpack("<4I", b"expand 32-byte k"), struct.unpack("<8I", key), struct.unpack("<4I", block)
    return [c[0], *k[:4], c[1], *n, c[2], *k[4:], c[3]]


def hsalsa20(key, block):
    x = rounds(state(key, block))
    return struct.pack("<8I", *(x[i] for i in (0, 5, 10, 15, 6, 7, 8, 9)))


def salsa20(key, nonce8, size):
    out = b""
    for counter in range((size + 63) // 64):
        s = state(key, nonce8 + struct.pack("<Q", counter))
        out += struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(s, rounds(s))))
    return out[:size]


def sealed_box(public, ephemeral_seed, plain):
    secret = X25519PrivateKey.from_private_bytes(hashlib.sha512(ephemeral_seed).digest()[:32])
    ephemeral = secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    nonce = hashlib.blake2b(ephemeral + public, digest_size=24).digest()
    key = hsalsa20(secret.exchange(X25519PublicKey.from_public_bytes(public)), bytes(16))
    stream = salsa20(hsalsa20(key, nonce[:16]), nonce[16:], 32 + len(plain))
    box = bytes(a ^ b for a, b in zip(plain, stream[32:]))
    return ephemeral + Poly1305.generate_tag(stream[:32], box) + box


def write(name, data):
    with open(name + ".hex", "w") as file:
        file.write(data.hex() + "\n")


def main():
    values = typed(json.load(open("values.json")))
    kiosk = Ed25519PrivateKey.from_private_bytes(values["keys"]["kiosk_sign_seed"])
    centre = Ed25519PrivateKey.from_private_bytes(values["keys"]["centre_sign_seed"])
    seal = X25519PrivateKey.from_private_bytes(values["keys"]["centre_seal_secret"]).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def message(signer, domain, header, body):
        return cbor([header, body, signer.sign(domain + header + hashlib.sha256(body).digest())])

    order = cbor(values["order"])
    write("order", order)
    signed_order = {"order": order, "order_signature": centre.sign(b"liqu order 1" + order)}
    report = cbor(values["report"])
    batch = cbor(dict(values["batch"], prev=hashlib.sha256(report).digest()))
    write("batch", batch)
    signed_batch = {"batch": batch, "batch_signature": centre.sign(b"liqu batch 1" + batch)}
    values["messages"]["personalise"]["request_body"]["report"] = report
    for name, m in values["messages"].items():
        header, body = cbor(m["request_header"]), cbor(m["request_body"])
        request = message(kiosk, b"liqu request 1", header, sealed_box(seal, values["keys"]["ephemeral_seed"], body))
        write(name + ".request.header", header)
        write(name + ".request.body", body)
        write(name + ".request", request)
        if "-" in name and not m["reply_body"]:  # an older kiosk's, or another apply: only read, not answered here
            continue
        signed = {"apply": signed_order, "resume": signed_order, "personalise": signed_batch}.get(name, {})
        reply_values = dict(m["reply_body"], **signed)
        answers = [("reply", "ok", cbor(reply_values))]
        if name == "hello":
            answers.append(("refused", "refused", cbor(values["refused_body"])))
        for kind, status, reply_body in answers:
            reply_header = cbor({"re": hashlib.sha256(request).digest(), "sent": values["reply_sent"], "status": status, "type": m["request_header"]["type"], "v": 1})
            write(f"{name}.{kind}.header", reply_header)
            write(f"{name}.{kind}.body", reply_body)
            write(f"{name}.{kind}", message(centre, b"liqu reply 1", reply_header, reply_body))


main()
