#!/usr/bin/python3
"""An electronic passport that nobody here wrote, in front of liqu-ctl: vsmartcard's ePass behind vsmartcard's reader (vpcd) and a private pcscd.

usage: passport_epass.py LIQU_CTL FOLDER      prints one JSON object per reading; exit code 77: cannot run here, the last line says why

Debian 12's `vicc --type ePass` cannot be started: its modules lie outside of Python's path, want `Crypto` where Debian has `Cryptodome`, and ePass was never ported
from Python 2 (raw_input, text where bytes are wanted). So its own modules are loaded here with that put right; BAC, secure messaging, the file system and the commands
remain the package's. One thing is not about Python: ICAO 9303-11, 9.8 wants the status word inside every secured answer, and the package leaves it out.
The passport's files are made here, its certificates and its signature by openssl.
"""
import ast
import hashlib
import json
import os
import pathlib
import socket
import struct
import subprocess
import sys
import threading
import time
import types

PACKAGE = pathlib.Path("/usr/lib/python3/site-packages/virtualsmartcard")
VPCD = pathlib.Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
PCSCD = pathlib.Path("/usr/sbin/pcscd")
MRZ = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<" + "L898902C36UTO7408122F1204159ZE184226B<<<<<10"  # the standard's specimen


def skip(why):
    print("skipped: " + why)
    sys.exit(77)


# ---- the package, with its Python 2 remnants put right --------------------------------------------------------------------------------------
class TextsBecomeBytes(ast.NodeTransformer):
    """Texts that are no words (empty ones, control characters) become bytes."""

    def visit_Constant(self, node):
        is_data = isinstance(node.value, str) and (node.value == "" or not node.value.isprintable()) and "\n" not in node.value
        return ast.copy_location(ast.Constant(node.value.encode("latin-1")), node) if is_data else node


def load_module(name, functions=(), add_status=False):
    """The package's module `name`, in which `functions` work on bytes."""
    file = PACKAGE / "virtualsmartcard" / (name.replace(".", "/") + ".py")
    tree = ast.parse(file.read_text())
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name in functions]
    if {node.name for node in found} != set(functions):
        skip(f"another version of vsmartcard: {name} lacks one of {', '.join(functions)}")
    for node in found:
        TextsBecomeBytes().visit(node)
        if add_status and node.name == "protect_response":
            last_but_return = len(node.body) - 2  # where the answer's checksum is made
            node.body[last_but_return:last_but_return] = ast.parse("return_data += pack([(0x99, 2, inttostring(sw))])").body
    module = types.ModuleType("virtualsmartcard." + name)
    module.__file__ = str(file)
    sys.modules[module.__name__] = module
    exec(compile(ast.fix_missing_locations(tree), str(file), "exec"), module.__dict__)
    return module


def packed(objects, recalculate_length=False):
    """BER-TLV; the package's own joins bytes as if they were texts."""
    out = b""
    for tag, _, value in objects:
        out += tlv(f"{tag:02X}", value if isinstance(value, bytes) else packed(value, recalculate_length))
    return out


def load_package():
    try:
        import Cryptodome
        import Cryptodome.Cipher
        import Cryptodome.Hash
    except ImportError:
        skip("python3-pycryptodome is not installed")
    sys.modules.update({"Crypto": Cryptodome, "Crypto.Cipher": Cryptodome.Cipher, "Crypto.Hash": Cryptodome.Hash})
    sys.path.insert(0, str(PACKAGE))
    load_module("TLVutils").pack = packed
    load_module("CryptoUtils").operation_on_string = lambda one, two, act: bytes(map(act, one, two))
    environment = load_module("SEutils", ("parse_SM_CAPDU", "protect_response"), add_status=True)
    number = environment.stringtoint
    environment.stringtoint = lambda data: data if isinstance(data, int) else number(data)
    load_module("cards.ePass", ("__init__",))


# ---- the passport's files -----------------------------------------------------------------------------------------------------------------
def tlv(tag, value):
    n = len(value)
    length = bytes([n]) if n < 0x80 else bytes([0x81, n]) if n < 0x100 else b"\x82" + struct.pack(">H", n)
    return bytes.fromhex(tag) + length + value


def portrait_file():
    picture = bytes.fromhex("FFD8FFE000104A464946000101") + bytes(i * 7 & 0xFF for i in range(700))
    face = struct.pack(">I", 32 + len(picture)) + bytes(16) + bytes.fromhex("000100F0014000000000 0000".replace(" ", "")) + picture
    record = b"FAC\x00010\x00" + struct.pack(">IH", 14 + len(face), 1) + face
    return tlv("75", tlv("7F61", b"\x02\x01\x01" + tlv("7F60", tlv("A1", bytes.fromhex("8702010188020501")) + tlv("5F2E", record))))


def openssl(*words, **more):
    return subprocess.run(["openssl", *words], check=True, capture_output=True, **more).stdout


def signed_object(folder, groups):
    """EF.SOD, signed by openssl: a state (state.cer) and its document signer."""
    hashes = b"".join(tlv("30", tlv("02", bytes([n])) + tlv("04", hashlib.sha256(file).digest())) for n, file in sorted(groups.items()))
    content = folder / "lds"
    content.write_bytes(tlv("30", b"\x02\x01\x00" + tlv("30", bytes.fromhex("0609608648016503040201")) + tlv("30", hashes)))
    (folder / "signer.ext").write_text("keyUsage=critical,digitalSignature\nauthorityKeyIdentifier=keyid\n")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(folder / "state.key"), "-out", str(folder / "csca" / "state.pem"), "-days", "6000",
            "-subj", "/C=UT/O=Utopia/CN=CSCA", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1", "-nodes", "-keyout", str(folder / "signer.key"), "-out", str(folder / "signer.csr"),
            "-subj", "/C=UT/O=Utopia/CN=Document Signer")
    openssl("x509", "-req", "-in", str(folder / "signer.csr"), "-CA", str(folder / "csca" / "state.pem"), "-CAkey", str(folder / "state.key"), "-days", "4000", "-extfile",
            str(folder / "signer.ext"), "-out", str(folder / "signer.pem"))
    message = openssl("cms", "-sign", "-binary", "-nodetach", "-in", str(content), "-outform", "DER", "-econtent_type", "2.23.136.1.1.1", "-signer", str(folder / "signer.pem"),
                      "-inkey", str(folder / "signer.key"), "-md", "sha256")
    return tlv("77", message)


def passport_files(folder):
    one, two = tlv("61", tlv("5F1F", MRZ.encode())), portrait_file()
    com = tlv("60", tlv("5F01", b"0107") + tlv("5F36", b"040000") + tlv("5C", b"\x61\x75"))
    return {0x011E: com, 0x0101: one, 0x0102: two, 0x011D: signed_object(folder, {1: one, 2: two})}


# ---- the card, its reader, its daemon ---------------------------------------------------------------------------------------------------------
class PromptSocket:
    """vpcd sends length and command apart and waits for the first to be acknowledged (Nagle): 40 ms a command, unless that is done at once."""

    def __init__(self, inner):
        self.inner = inner

    def recv(self, size):
        self.inner.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        return self.inner.recv(size)

    def __getattr__(self, name):
        return getattr(self.inner, name)


class Card:
    """The package's card operating system behind a listening socket of the loopback interface; vpcd comes to it."""

    def __init__(self, files, listener):
        from virtualsmartcard.cards.ePass import PassportSAM
        from virtualsmartcard.SmartcardFilesystem import DF, MF, TransparentStructureEF
        from virtualsmartcard.VirtualSmartcard import Iso7816OS, VirtualICC
        mf = MF()
        df = DF(parent=mf, fid=4, dfname=b"\xa0\x00\x00\x02G\x10\x01", bertlv_data=[])
        for fid, data in files.items():
            df.append(TransparentStructureEF(parent=df, fid=fid, filedescriptor=0, data=data))
        mf.append(df)
        self.listener = listener
        self.icc = VirtualICC.__new__(VirtualICC)  # its constructor asks questions and listens on every interface
        self.icc.os, self.icc.type, self.icc.host, self.icc.server_sock = Iso7816OS(mf, PassportSAM(mf)), "ePass", None, listener
        self.icc.port = listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        self.icc.sock = PromptSocket(self.listener.accept()[0])
        self.icc.run()


def two_listeners():
    """vpcd has two slots and wants port and port + 1; it dies when one of them does not answer."""
    for _ in range(50):
        first = socket.create_server(("127.0.0.1", 0))
        try:
            return first, socket.create_server(("127.0.0.1", first.getsockname()[1] + 1))
        except (OSError, OverflowError):
            first.close()
    skip("no two free ports beside each other")


def start_pcscd(folder, port):
    conf = folder / "conf"
    conf.mkdir()
    (conf / "vpcd").write_text(f'FRIENDLYNAME "ePass Reader"\nDEVICENAME localhost:{port:#x}\nLIBPATH {VPCD}\nCHANNELID {port:#x}\n')
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / "pcscd.comm"))
    listener.listen(16)
    # Socket activation by hand; an own /run/pcscd where a mount namespace is allowed, so that nobody else's pcscd is met.
    activate = f'exec 3<&{listener.fileno()}; LISTEN_FDS=1 LISTEN_PID=$$ exec {PCSCD} -f -c {conf}'
    hidden = 'if [ -d /run/pcscd ]; then mount -t tmpfs none /run/pcscd || true; fi; ' + activate
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    allowed = subprocess.run([*unshare, "true"], capture_output=True).returncode == 0
    command = [*unshare, "sh", "-c", hidden] if allowed else ["sh", "-c", activate]
    log = open(folder / "pcscd.log", "wb")
    return subprocess.Popen(command, pass_fds=[listener.fileno()], stdout=log, stderr=log)


def main():
    liqu_ctl, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    for needed, package in ((PACKAGE, "vsmartcard-vpicc"), (VPCD, "vsmartcard-vpcd"), (PCSCD, "pcscd")):
        if not needed.exists():
            skip(f"{package} is not installed")
    load_package()
    (folder / "csca").mkdir()
    files = passport_files(folder)
    picture = bytearray(files[0x0102])
    picture[-1] ^= 1
    first, second = two_listeners()
    Card(files, first)
    Card({**files, 0x0102: bytes(picture)}, second)
    daemon = start_pcscd(folder, first.getsockname()[1])

    def read(name, slot, *words):
        began = time.monotonic()
        ran = subprocess.run([liqu_ctl, "--config", str(folder / "none.toml"), "passport", "read", "--reader", f"ePass Reader 00 0{slot}", "--json", *words], capture_output=True, text=True,
                             env={**os.environ, "PCSCLITE_CSOCK_NAME": str(folder / "pcscd.comm")}, timeout=60)
        answer = json.loads(ran.stdout) if ran.stdout else None
        print(json.dumps({"name": name, "code": ran.returncode, "answer": answer, "error": ran.stderr, "seconds": round(time.monotonic() - began, 2)}), flush=True)

    try:
        trusting = ["--csca", str(folder / "csca")]
        read("unknown state", 0, "--doc", "L898902C3", "--birth", "740812", "--expiry", "120415")
        read("genuine", 0, "--mrz", MRZ, *trusting, "--show")
        read("another key", 0, "--doc", "L898902C3", "--birth", "740813", "--expiry", "120415", *trusting)
        read("another picture", 1, "--mrz", MRZ, *trusting)
    finally:
        daemon.terminate()
        daemon.wait(10)


if __name__ == "__main__":
    main()
