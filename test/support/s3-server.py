"""An S3 server for tests: OpenStack Swift with its S3 interface, all of it in one process on the loopback.

python3 s3-server.py FOLDER PORT, with the key `test:tester` and the secret `testing`
"""
import os
import sys

import eventlet

eventlet.monkey_patch()

from eventlet import listen, spawn, wsgi
from swift.account.server import AccountController
from swift.common import storage_policy, utils
from swift.common.ring import RingBuilder
from swift.common.utils import NullLogger
from swift.common.wsgi import loadapp
from swift.container.server import ContainerController
from swift.obj.server import ObjectController

folder, port = sys.argv[1], int(sys.argv[2])
conf = os.path.join(folder, 'swift.conf')
with open(conf, 'w') as file:
    file.write('[swift-hash]\nswift_hash_path_suffix = tests\n[storage-policy:0]\nname = only\ndefault = yes\n')

utils.SWIFT_CONF_FILE = conf
utils.validate_configuration()
storage_policy.reload_storage_policies()

os.makedirs(os.path.join(folder, 'devices', 'disk'), exist_ok=True)
common = dict(devices=os.path.join(folder, 'devices'), mount_check='false', swift_dir=folder, workers='0')
controllers = dict(account=AccountController, container=ContainerController, object=ObjectController)
for name, Controller in controllers.items():
    socket = listen(('127.0.0.1', 0))
    builder = RingBuilder(0, 1, 0)
    builder.add_dev(dict(region=1, zone=1, weight=1, ip='127.0.0.1', port=socket.getsockname()[1], device='disk'))
    builder.rebalance()
    builder.get_ring().save(os.path.join(folder, name + '.ring.gz'))
    spawn(wsgi.server, socket, Controller(common), NullLogger(), log_output=False)

proxy = os.path.join(folder, 'proxy.conf')
with open(proxy, 'w') as file:
    file.write(f'''
[DEFAULT]
swift_dir = {folder}
[pipeline:main]
pipeline = catch_errors gatekeeper listing_formats bulk s3api tempauth copy slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:bulk]
use = egg:swift#bulk
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
min_segment_size = 5242880
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
''')


class Cache(dict):
    """Stands for memcached, which Swift will not go without."""

    def __bool__(self):
        return True

    def get(self, key, raise_on_error=False):
        return dict.get(self, key)

    def set(self, key, value, **_):
        self[key] = value

    def delete(self, key, **_):
        self.pop(key, None)

    def incr(self, key, delta=1, **_):
        self[key] = (self.get(key) or 0) + delta
        return self[key]


cache, app = Cache(), loadapp(proxy)


def with_cache(env, start_response):
    env['swift.cache'] = cache
    return app(env, start_response)


wsgi.server(listen(('127.0.0.1', port)), with_cache, NullLogger(), log_output=False)
