import sys

from exhibits.cli import main

sys.exit(main())
